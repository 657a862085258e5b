import { Search, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from './button';
import { cx } from './cx';
import { INPUT } from './field';

export interface FilterBoxProps {
  label: string;
  placeholder: string;
  /** Name of the button that empties it. */
  clearLabel: string;
  value: string;
  onChange(value: string): void;
  /** The user is done typing and wants to move to the list. */
  onDone(): void;
  /** Element id of a sentence about the text. */
  describedBy?: string;
  /** A button at the right end. */
  children?: ReactNode;
  className?: string;
}

/** The box that filters the list below it. Esc empties it; Enter, the arrow down, or Esc again lead to the list. */
export function FilterBox(props: FilterBoxProps) {
  const { label, placeholder, clearLabel, value, onChange, onDone, describedBy, children, className } = props;
  return (
    <div className={cx('relative min-w-40 flex-1', className)}>
      <Search
        size={15}
        aria-hidden
        className="-translate-y-1/2 pointer-events-none absolute top-4 start-2.5 text-ink-3"
      />
      <input
        type="search"
        aria-label={label}
        aria-describedby={describedBy}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') onChange('');
          else if (event.key === 'Escape' || event.key === 'Enter' || event.key === 'ArrowDown') onDone();
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        className={cx(INPUT, 'text-ellipsis ps-8', children ? 'pe-16' : 'pe-9')}
      />
      <div className="absolute top-0.5 end-0.5 flex">
        {value !== '' && (
          <IconButton label={clearLabel} onClick={() => onChange('')}>
            <X size={14} aria-hidden />
          </IconButton>
        )}
        {children}
      </div>
    </div>
  );
}
