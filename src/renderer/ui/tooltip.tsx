import { Tooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

/** Wraps the whole window, so that a second tooltip in a row opens at once. */
export const TooltipProvider = ({ children }: { children: ReactNode }) => (
  <Tooltip.Provider delay={500}>{children}</Tooltip.Provider>
);

/**
 * A short explanation of what is hovered or focused. It repeats or adds to what is there and is never the only place for a
 * fact, because touch users do not see it. The child must be one focusable element.
 */
export function Hint({ text, children }: { text: ReactNode; children: ReactElement }) {
  return (
    <Tooltip.Root>
      <Tooltip.Trigger render={children} />
      <Tooltip.Portal>
        <Tooltip.Positioner sideOffset={6} className="z-50">
          <Tooltip.Popup className="overlay-motion max-w-72 rounded-md bg-ink px-2 py-1 text-canvas text-xs shadow-overlay forced-border">
            {text}
          </Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
