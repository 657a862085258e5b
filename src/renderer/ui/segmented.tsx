import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import type { ReactNode } from 'react';

export interface SegmentedProps<T extends string> {
  /** Accessible name of the group. */
  label: string;
  value: T;
  options: readonly { readonly value: T; readonly label: ReactNode }[];
  onChange(value: NoInfer<T>): void;
}

/** A choice of one from a few, all visible. Arrow keys move between them. */
export function Segmented<T extends string>({ label, value, options, onChange }: SegmentedProps<T>) {
  return (
    <ToggleGroup
      aria-label={label}
      value={[value]}
      onValueChange={(next) => {
        const [chosen] = next;
        if (chosen) onChange(chosen as T);
      }}
      className="inline-flex shrink-0 rounded-md border border-line bg-sunken p-0.5"
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          className="h-6 min-w-6 shrink-0 whitespace-nowrap rounded px-2.5 font-medium text-ink-2 text-sm hover:text-ink data-[pressed]:bg-raised data-[pressed]:text-ink data-[pressed]:shadow-raised data-[pressed]:forced-border"
        >
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
