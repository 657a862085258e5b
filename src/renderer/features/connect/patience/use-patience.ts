import { useCallback, useMemo, useState } from 'react';
import type { PatienceView } from '../../../../shared/contract/calls';
import { MINUTE, SECOND } from '../../../../shared/model/units';
import { useActions } from '../../../store/use-holdfast';
import { type Pace, useRefresh } from '../../../store/use-refresh';

const PACE: Pace = { afterEvents: 10 * SECOND, anyway: MINUTE / 2, isNews: ({ kind }) => kind.startsWith('client_') };

/** How long each client waits, by its id, kept up to date; empty until it is known. */
export function usePatience() {
  const { loadPatience } = useActions();
  const [all, setAll] = useState<readonly PatienceView[]>([]);
  const load = useCallback(async () => setAll(await loadPatience()), [loadPatience]);
  // Where it cannot be read, what it would be shown beside says so.
  useRefresh(load, PACE);
  const patience = useMemo(() => new Map(all.map((one) => [one.client_id, one])), [all]);
  /** Takes what the host said of one client. */
  const replace = useCallback(
    (one: PatienceView) => setAll((before) => before.map((each) => (each.client_id === one.client_id ? one : each))),
    [],
  );
  return { patience, replace };
}
