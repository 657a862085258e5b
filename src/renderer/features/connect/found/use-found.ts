import { SECOND } from '../../../../shared/model/units';
import { useActions } from '../../../store/use-holdfast';
import { type Pace, useRefresh } from '../../../store/use-refresh';

/** A file that somebody edits, and a handshake, are no events; asking is cheap, as files are read only when they change. */
const PACE: Pace = {
  afterEvents: SECOND,
  anyway: 2 * SECOND,
  isNews: ({ kind }) => kind.startsWith('client_') || kind.startsWith('session_'),
};

/**
 * Keeps the list of programs that can be connected up to date while it is on screen.
 * @returns the last failure; null once it works again
 */
export const useFound = (): unknown => useRefresh(useActions().loadFound, PACE);
