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

/** The most that are told at one time. */
const MOST_KINDS = 200;

export interface ShownFailures {
  /** The most frequent kinds; null until they are known. */
  readonly known: Failures | null;
  /** Asks for as many kinds as can be had. */
  all(): Promise<Failures>;
}

/**
 * The failures that a filter leaves, by kind. A chosen kind does not limit them, so that the
 * others stay in sight.
 *
 * @param filter - the same object as long as it says the same
 */
export function useFailures(filter: ActivityFilter): ShownFailures {
  const { loadFailures } = useActions();
  const [known, setKnown] = useState<{ readonly of: string; readonly failures: Failures } | null>(null);
  const query = JSON.stringify(queryOf({ ...filter, group: '', failed: true }));
  const load = useCallback(async () => {
    const failures = await loadFailures(JSON.parse(query));
    setKnown({ of: query, failures });
  }, [loadFailures, query]);
  // The table says what is wrong; here, the last answer stays.
  useRefresh(load, PACE);
  const all = useCallback(() => loadFailures({ ...JSON.parse(query), limit: MOST_KINDS }), [loadFailures, query]);
  return { known: known?.of === query ? known.failures : null, all };
}
