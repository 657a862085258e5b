import type { ReactNode } from 'react';
import { cx } from './cx';

/** A named region that scrolls on its own; it is focusable, so that the keyboard can scroll it. */
export function ScrollRegion({
  label,
  className,
  children,
}: {
  label: string;
  className?: string;
  children: ReactNode;
}) {
  return (
    <section
      aria-label={label}
      // Positioned, so that text for screen readers inside it does not make the page around it longer.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
      tabIndex={0}
      className={cx('scroll-area relative focus-visible:outline-offset-[-2px]', className)}
    >
      {children}
    </section>
  );
}
