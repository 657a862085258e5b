import type { MouseEvent } from 'react';

export interface TickBoxProps {
  /** Its accessible name. */
  label: string;
  ticked: boolean | 'some';
  onTick(event: MouseEvent): void;
}

/** The tick of a row. The keys of the grid do the same, so it is no stop of the Tab key. */
export function TickBox({ label, ticked, onTick }: TickBoxProps) {
  return (
    <input
      type="checkbox"
      tabIndex={-1}
      aria-label={label}
      checked={ticked === true}
      ref={(box) => {
        if (box) box.indeterminate = ticked === 'some';
      }}
      // React wants to hear of a change; the click says more about it.
      onChange={() => {}}
      onClick={(event) => {
        event.stopPropagation();
        onTick(event);
      }}
      className="size-4 accent-[var(--accent)]"
    />
  );
}
