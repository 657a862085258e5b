import { CircleHelp, Search, X } from 'lucide-react';
import type { Ref } from 'react';
import { IconButton } from '../../ui/button';
import { cx } from '../../ui/cx';
import { INPUT } from '../../ui/field';
import { Popover } from '../../ui/popover';
import { FACETS } from './query';

export interface QueryBoxProps {
  value: string;
  onChange(value: string): void;
  /** The user is done typing and wants to move to the list. */
  onDone(): void;
  ref?: Ref<HTMLInputElement>;
}

/** Element id of the sentence that says what is wrong with the text. */
export const QUERY_PROBLEM = 'query-problem';

const EXAMPLES = [
  ['shop', 'the word anywhere: folder, client, server, id'],
  ['status:idle,disconnected', 'one of these statuses'],
  ['reconnects:>3', 'more than three reconnects; also calls, errors, latency'],
  ['seen:<10m', 'used in the last ten minutes; also age'],
  ['is:flapping', 'keeps dropping; also degraded, live, ended'],
  ['-client:codex', 'everything but this'],
] as const;

/** The one box that filters the list. */
export function QueryBox({ value, onChange, onDone, ref }: QueryBoxProps) {
  return (
    <div className="relative min-w-40 flex-1">
      <Search
        size={15}
        aria-hidden
        className="-translate-y-1/2 pointer-events-none absolute top-4 left-2.5 text-ink-3"
      />
      <input
        ref={ref}
        type="search"
        aria-label="Filter sessions"
        aria-describedby={QUERY_PROBLEM}
        placeholder="Filter by folder, client, server, or status:idle, reconnects:>3"
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
        className={cx(INPUT, 'pr-16 pl-8')}
      />
      <div className="absolute top-0.5 right-0.5 flex">
        {value !== '' && (
          <IconButton label="Clear the filter" onClick={() => onChange('')}>
            <X size={14} aria-hidden />
          </IconButton>
        )}
        <Popover
          title="What you can type here"
          trigger={
            <IconButton label="Filter help">
              <CircleHelp size={15} aria-hidden />
            </IconButton>
          }
        >
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            {EXAMPLES.map(([text, meaning]) => (
              <div key={text} className="contents">
                <dt className="whitespace-nowrap font-mono text-ink text-xs leading-5">{text}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <p className="mt-3 text-ink-3">Facets: {FACETS.join(', ')}.</p>
        </Popover>
      </div>
    </div>
  );
}
