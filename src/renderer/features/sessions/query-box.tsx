import { CircleHelp } from 'lucide-react';
import { t } from '../../../shared/messages/language';
import { IconButton } from '../../ui/button';
import { FilterBox } from '../../ui/filter-box';
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
    <FilterBox
      label={t('sessions.filter')}
      placeholder={t('sessions.filter.placeholder')}
      clearLabel={t('sessions.filter.clear')}
      value={value}
      onChange={onChange}
      onDone={onDone}
      describedBy={QUERY_PROBLEM}
    >
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
    </FilterBox>
  );
}
