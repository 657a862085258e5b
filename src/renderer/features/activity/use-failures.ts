import { useCallback, useState } from 'react';
import type { Failures } from '../../../shared/contract/activity';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { type ActivityFilter, queryOf } from './activity-place';

const PACE: Pace = {
  afterEvents: 3 * SECOND,
  anyway: MINUTE,
  // All failures there are may have to be looked at.
  isCostly: true,
  isNews: (event) => event.kind === 'call_completed' && !event.payload.ok,
};

/**
 * The failures that a filter leaves, by kind; null until they are known. A chosen kind does not limit them, so that the
 * others stay in sight.
 *
 * @param filter - the same object as long as it says the same
 */
export function useFailures(filter: ActivityFilter): Failures | null {
  const { loadFailures } = useActions();
  const [known, setKnown] = useState<{ readonly of: string; readonly failures: Failures } | null>(null);
  const query = JSON.stringify(queryOf({ ...filter, group: '', failed: true }));
  const load = useCallback(async () => {
    const failures = await loadFailures(JSON.parse(query));
    setKnown({ of: query, failures });
  }, [loadFailures, query]);
  // The table says what is wrong; here, the last answer stays.
  useRefresh(load, PACE);
  return known?.of === query ? known.failures : null;
}
