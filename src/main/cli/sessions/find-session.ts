import type { Session } from '../../../shared/contract/session';
import { HoldfastError } from '../../../shared/errors';

/** Names that sessions were given, by session id. */
export type Names = Readonly<Record<string, string>>;

/** The beginning of an id that is long enough to be meant as one. */
const SHORTEST = 5;

/**
 * The session that a person means: by its id, the beginning of its id, or its name.
 *
 * @throws HoldfastError `session_not_found` if there is none, `invalid_input` if several fit
 */
export function sessionNamed(sessions: readonly Session[], names: Names, word: string): Session {
  const fitting = sessions.filter(
    ({ session_id }) =>
      session_id === word ||
      names[session_id] === word ||
      (word.length >= SHORTEST && word.startsWith('s_') && session_id.startsWith(word)),
  );
  const [only, ...others] = fitting;
  if (!only) {
    throw new HoldfastError('session_not_found', `No session is named "${word}". See "holdfast sessions".`);
  }
  if (others.length > 0) {
    const ids = fitting.map(({ session_id }) => session_id).join(', ');
    throw new HoldfastError('invalid_input', `Several sessions fit "${word}". Give the id of one: ${ids}.`);
  }
  return only;
}
