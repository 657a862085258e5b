import { CircleHelp, Search, X } from 'lucide-react';
import { t } from '../../../shared/messages/language';
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
}

/** Element id of the sentence that says what is wrong with the text. */
export const QUERY_PROBLEM = 'query-problem';

const EXAMPLES = [
  ['shop', t('sessions.filter.example.word')],
  ['status:idle,disconnected', t('sessions.filter.example.status')],
  ['reconnects:>3', t('sessions.filter.example.number')],
  ['seen:<10m', t('sessions.filter.example.age')],
  ['is:flapping', t('sessions.filter.example.flag')],
  ['-client:codex', t('sessions.filter.example.not')],
] as const;

/** The one box that filters the list. */
export function QueryBox({ value, onChange, onDone }: QueryBoxProps) {
  return (
    <div className="relative min-w-40 flex-1">
      <Search
        size={15}
        aria-hidden
        className="-translate-y-1/2 pointer-events-none absolute top-4 left-2.5 text-ink-3"
      />
      <input
        type="search"
        aria-label={t('sessions.filter')}
        aria-describedby={QUERY_PROBLEM}
        placeholder={t('sessions.filter.placeholder')}
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
          <IconButton label={t('sessions.filter.clear')} onClick={() => onChange('')}>
            <X size={14} aria-hidden />
          </IconButton>
        )}
        <Popover
          title={t('sessions.filter.help.title')}
          trigger={
            <IconButton label={t('sessions.filter.help')}>
              <CircleHelp size={15} aria-hidden />
            </IconButton>
          }
        >
          <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1">
            {EXAMPLES.map(([text, meaning]) => (
              <div key={text} className="contents">
                <dt translate="no" className="whitespace-nowrap font-mono text-ink text-xs leading-5">
                  {text}
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <p className="mt-3 text-ink-3">{t('sessions.filter.help.facets', { facets: FACETS.join(', ') })}</p>
        </Popover>
      </div>
    </div>
  );
}
