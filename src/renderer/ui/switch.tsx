import { Switch as BaseSwitch } from '@base-ui/react/switch';
import type { ReactNode } from 'react';

export interface SwitchProps {
  label: ReactNode;
  disabled?: boolean;
  checked: boolean;
  onChange(checked: boolean): void;
}

/** On or off, with its label. */
export function Switch({ label, checked, disabled, onChange }: SwitchProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the switch inside brings its own input
    <label className="inline-flex min-h-6 shrink-0 items-center gap-2 text-ink-2 text-sm">
      <BaseSwitch.Root
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        className="flex h-4 w-7 shrink-0 items-center rounded-full bg-line-strong p-0.5 transition-colors data-[checked]:bg-accent data-[disabled]:opacity-50 forced-border"
      >
        <BaseSwitch.Thumb className="size-3 rounded-full bg-surface transition-transform data-[checked]:translate-x-3 rtl:data-[checked]:-translate-x-3" />
      </BaseSwitch.Root>
      {label}
    </label>
  );
}
