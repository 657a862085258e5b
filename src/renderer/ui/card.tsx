import { type ReactNode, useId } from 'react';
import { cx } from './cx';

export interface CardProps {
  /** Heading, and the accessible name of the region. */
  title?: ReactNode;
  /** Shown to the right of the heading: a link, a switch, a range. */
  aside?: ReactNode;
  className?: string;
  /** Class of the box around the children; `p-4` by default. */
  bodyClassName?: string;
  children: ReactNode;
}

/** A titled region on a raised surface. */
export function Card({ title, aside, className, bodyClassName = 'p-4', children }: CardProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className={cx('flex min-w-0 flex-col rounded-lg border border-line bg-surface shadow-raised', className)}
    >
      {title && (
        <header className="flex min-h-11 items-center justify-between gap-3 border-line border-b px-4 py-1.5">
          <h2 id={id} className="truncate font-semibold text-base text-ink">
            {title}
          </h2>
          {aside}
        </header>
      )}
      <div className={cx('min-w-0', bodyClassName)}>{children}</div>
    </section>
  );
}
