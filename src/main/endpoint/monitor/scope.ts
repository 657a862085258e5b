/** What a monitor may see: everything, one client's sessions, or one session. */
export interface Scope {
  /** Null for the admin. */
  readonly clientId: string | null;
  /** Null for all sessions of the client, or of all clients. */
  readonly sessionId: string | null;
}

/** Whether nothing is out of its sight. */
export const seesAll = ({ clientId, sessionId }: Scope): boolean => clientId === null && sessionId === null;

/** Whether the scope includes something about this client's session. Events without a session are for the admin only. */
export const covers = (scope: Scope, about: { clientId: string | null; sessionId: string | null }): boolean =>
  (scope.clientId === null || scope.clientId === about.clientId) &&
  (scope.sessionId === null || scope.sessionId === about.sessionId);

/** Whether somebody who sees only one client's sessions has lost this one out of sight: another client took it over. */
export const isTakenFrom = (
  { clientId }: Scope,
  about: { clientId: string | null; takenFrom: string | null },
): boolean => clientId !== null && about.takenFrom === clientId && about.clientId !== clientId;

/** Scopes with equal keys see the same. */
export const keyOf = ({ clientId, sessionId }: Scope): string => `${clientId ?? ''} ${sessionId ?? ''}`;
