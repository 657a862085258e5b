import type { ActivityFilterInput } from '../../../shared/contract/activity';
import { FAILED, IN_TEXT, queryConditions } from './query-conditions';

/** The conditions of a query, by what asks for them. */
const CONDITIONS = {
  session_id: 'session_id = ?',
  client_id: 'client_id = ?',
  server: 'server = ?',
  from: 'at >= ?',
  to: 'at < ?',
  longer_than_ms: 'duration_ms > ?',
  before: 'activity_id < ?',
  after: 'activity_id > ?',
  text: IN_TEXT,
  group: `${FAILED} AND failure_group(server, method, name, outcome, error_code, error) = ?`,
} as const;
type Condition = keyof typeof CONDITIONS;

/** Without these, an index leads to the rows; with one of them, all rows may have to be looked at. */
const SLOW: readonly Condition[] = ['client_id', 'from', 'to', 'longer_than_ms', 'text', 'group'];

/** Conditions on the table `activity`, as SQL. */
export interface ActivityConditions {
  /** Begins with `WHERE`, or is empty. */
  readonly where: string;
  readonly values: readonly (string | number)[];
  /** Whether no index leads to the rows. */
  readonly isSlow: boolean;
}

/** What a query asks for, as SQL. */
export function conditionsOf(
  query: ActivityFilterInput & { before?: number | undefined; after?: number | undefined },
): ActivityConditions {
  const words = query.q === undefined ? [] : queryConditions(query.q);
  const asked = (Object.keys(CONDITIONS) as Condition[]).filter((name) => query[name] !== undefined);
  const all = [
    ...asked.map((name) => CONDITIONS[name]),
    ...(query.failed ? [FAILED] : []),
    ...words.map(({ sql }) => sql),
  ];
  return {
    where: all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`,
    values: [
      ...asked.map((name) => {
        const value = query[name] ?? '';
        return name === 'text' ? String(value).toLowerCase() : value;
      }),
      ...words.flatMap(({ values }) => values),
    ],
    isSlow: words.length > 0 || asked.some((name) => SLOW.includes(name)),
  };
}
