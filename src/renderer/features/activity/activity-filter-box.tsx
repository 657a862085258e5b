import { t } from '../../../shared/messages/language';
import { ACTIVITY_FACETS } from '../../../shared/model/activity-query';
import { FilterBox } from '../../ui/filter-box';
import { FilterHelp } from '../../ui/filter-help';

const EXAMPLES = [
  ['timeout', t('activity.filter.example.word')],
  ['server:tickets,files', t('activity.filter.example.server')],
  ['outcome:error,lost', t('activity.filter.example.outcome')],
  ['slower:500ms', t('activity.filter.example.slower')],
  ['is:held', t('activity.filter.example.flag')],
  ['direction:to_client', t('activity.filter.example.direction')],
  ['-tool:search', t('activity.filter.example.not')],
] as const;

/** Element id of the sentence that says what is wrong with the text. */
export const ACTIVITY_PROBLEM = 'activity-query-problem';

interface ActivityFilterBoxProps {
  value: string;
  onChange(value: string): void;
  /** The user is done typing and wants to move to the list. */
  onDone(): void;
}

/** The one box that filters what was called. */
export const ActivityFilterBox = ({ value, onChange, onDone }: ActivityFilterBoxProps) => (
  <FilterBox
    label={t('activity.filter')}
    placeholder={t('activity.filter.placeholder')}
    clearLabel={t('activity.filter.clear')}
    value={value}
    onChange={onChange}
    onDone={onDone}
    describedBy={ACTIVITY_PROBLEM}
    className="max-w-xl"
  >
    <FilterHelp examples={EXAMPLES} facets={ACTIVITY_FACETS} />
  </FilterBox>
);
