import type { Activity } from '#src/shared/contract/activity';
import type { ActivityTerm } from '#src/shared/model/activity-query';

/** Whether a message fits a filter, said another way than SQL does. A client is known by its id alone. */
export const activityMatches = (row: Activity, terms: readonly ActivityTerm[]): boolean =>
  terms.every((term) => holds(row, term) !== term.negated);

function holds(row: Activity, term: ActivityTerm): boolean {
  switch (term.on) {
    case 'is':
      return {
        failed: ['tool_error', 'error', 'lost'].includes(row.outcome),
        lost: row.outcome === 'lost',
        held: row.held_ms > 0,
        repeated: row.repeated,
      }[term.flag];
    case 'slower':
      return row.duration_ms !== null && row.duration_ms > term.than;
    case 'faster':
      return row.duration_ms !== null && row.duration_ms < term.than;
    case 'outcome':
      return term.values.includes(row.outcome);
    case 'direction':
      return term.values.includes(row.direction);
    default: {
      const text = {
        text: `${row.method}\n${row.name ?? ''}\n${row.server ?? ''}\n${row.error ?? ''}`,
        server: row.server ?? 'holdfast',
        name: row.name ?? '',
        method: row.method,
        error: row.error ?? '',
        session: row.session_id ?? '',
        client: row.client_id ?? '',
      }[term.on].toLowerCase();
      return term.values.some((value) => text.includes(value));
    }
  }
}
