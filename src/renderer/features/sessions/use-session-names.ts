import { MINUTE } from '../../../shared/model/units';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';

/** Names are no events: another window's are seen within a minute. */
const PACE: Pace = { afterEvents: MINUTE, anyway: MINUTE, isNews: () => false };

/** Keeps the names of sessions up to date while they are shown. Without them the folder is shown, so a failure is no news. */
export function useSessionNames(): void {
  useRefresh(useActions().loadSessionNames, PACE);
}
