import { useMemo } from 'react';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { VisibilityIndex } from '../../../shared/model/visibility';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';

const PACE: Pace = {
  afterEvents: SECOND / 4,
  anyway: MINUTE,
  // The name of a server is part of what is hidden.
  isNews: ({ kind }) => ['visibility_changed', 'client_removed', 'server_configured'].includes(kind),
};

/** What clients see, kept up to date; null until it is known. */
export function useVisibility(): { readonly index: VisibilityIndex | null; readonly error: unknown } {
  const { loadVisibility } = useActions();
  const error = useRefresh(loadVisibility, PACE);
  const state = useHoldfast(({ visibility }) => visibility);
  const index = useMemo(() => state && new VisibilityIndex(state), [state]);
  return { index, error };
}
