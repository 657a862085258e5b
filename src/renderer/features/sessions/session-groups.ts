import type { Session } from '../../../shared/contract/session';
import { sessionName } from '../../format/words';

/** The sessions of one client: one program with one key. */
export interface SessionGroup {
  readonly id: string;
  readonly clientId: string;
  /** What the program is called. */
  readonly program: string;
  /** In the order in which they were given. */
  readonly sessions: readonly Session[];
}

/** Sessions by client, by the alphabet, so that groups hold still while their sessions come and go. */
export function byClient(sessions: readonly Session[]): readonly SessionGroup[] {
  const groups = new Map<string, SessionGroup & { readonly sessions: Session[] }>();
  for (const session of sessions) {
    const program = sessionName(session);
    const id = `${session.client_id} ${program}`;
    const group = groups.get(id);
    if (group) group.sessions.push(session);
    else groups.set(id, { id, clientId: session.client_id, program, sessions: [session] });
  }
  return [...groups.values()].sort((a, b) => compare(a.program, b.program) || compare(a.clientId, b.clientId));
}

function compare(a: string, b: string): number {
  const [one, other] = [a.toLowerCase(), b.toLowerCase()];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A row of the list: a session, or the heading of those that follow. */
export type ListRow = { readonly session: Session } | { readonly group: SessionGroup };

/** The rows of the list from the top to the bottom. */
export const rowsOf = (sessions: readonly Session[], isGrouped: boolean): readonly ListRow[] =>
  isGrouped
    ? byClient(sessions).flatMap((group) => [{ group }, ...group.sessions.map((session) => ({ session }))])
    : sessions.map((session) => ({ session }));
