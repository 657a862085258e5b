import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from 'react';
import { cx } from './cx';
import { Hint } from './tooltip';
import { useFocusableDisabled } from './use-focusable-disabled';

const VARIANTS = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover',
  secondary: 'border border-line bg-surface text-ink shadow-raised hover:bg-hover',
  ghost: 'text-ink-2 hover:bg-sunken hover:text-ink',
  danger: 'bg-danger text-on-danger hover:opacity-90',
} as const;

const SIZES = { sm: 'h-7 px-2.5 text-sm', md: 'h-8 px-3 text-base' } as const;

const BUTTON = cx(
  'inline-flex shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium',
  'transition-colors disabled:opacity-50 aria-disabled:opacity-50 forced-border',
);

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: keyof typeof VARIANTS;
  size?: keyof typeof SIZES;
  /** Decoration before the text. */
  icon?: ReactNode;
}

/** A button with text. Works as the `render` of a Base UI trigger. */
export function Button({ variant = 'secondary', size = 'md', icon, className, children, ...rest }: ButtonProps) {
  const disabling = useFocusableDisabled(rest);
  return (
    <button type="button" className={cx(BUTTON, SIZES[size], VARIANTS[variant], className)} {...rest} {...disabling}>
      {icon}
      {children}
    </button>
  );
}

export interface BrowserLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'target' | 'rel' | 'href'> {
  /** Checked by whoever passes it: a page of somebody else. */
  href: string;
  icon?: ReactNode;
}

/**
 * A link that looks like the primary button and opens the user's browser, or another tab of it. It is a real link, so no
 * blocker of pop-ups stands in its way, and the page it opens learns nothing of this one.
 */
export function BrowserLink({ href, icon, className, children, ...rest }: BrowserLinkProps) {
  return (
    <a
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      className={cx(BUTTON, SIZES.md, VARIANTS.primary, className)}
      {...rest}
    >
      {icon}
      {children}
    </a>
  );
}

export interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label'> {
  /** Its accessible name, also shown as a tooltip. */
  label: string;
}

/** A square button that shows only an icon. */
export function IconButton({ label, className, children, ...rest }: IconButtonProps) {
  const disabling = useFocusableDisabled(rest);
  return (
    <Hint text={label}>
      <button
        type="button"
        aria-label={label}
        className={cx(
          'inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-2 transition-colors',
          'hover:bg-sunken hover:text-ink disabled:opacity-50 aria-disabled:opacity-50',
          className,
        )}
        {...rest}
        {...disabling}
      >
        {children}
      </button>
    </Hint>
  );
}
