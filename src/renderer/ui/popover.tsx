import { Popover as BasePopover } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';

/** Further text that opens from `trigger`, one focusable element. `title` is its heading and accessible name. */
export function Popover({ trigger, title, children }: { trigger: ReactElement; title: string; children: ReactNode }) {
  return (
    <BasePopover.Root>
      <BasePopover.Trigger render={trigger} />
      <BasePopover.Portal>
        <BasePopover.Positioner sideOffset={6} align="end" className="z-30">
          <BasePopover.Popup className="overlay-motion max-w-96 rounded-lg border border-line bg-surface p-4 text-ink-2 text-sm shadow-overlay">
            <BasePopover.Title className="mb-2 font-semibold text-base text-ink">{title}</BasePopover.Title>
            {children}
          </BasePopover.Popup>
        </BasePopover.Positioner>
      </BasePopover.Portal>
    </BasePopover.Root>
  );
}
