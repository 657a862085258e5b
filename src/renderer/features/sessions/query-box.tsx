import { t } from '../../../shared/messages/language';
import { FilterBox } from '../../ui/filter-box';
import { FilterHelp } from '../../ui/filter-help';
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
      <FilterHelp examples={EXAMPLES} facets={FACETS} />
    </FilterBox>
  );
}
