/** What a monitor may see: everything, one client's sessions, or one session. */
export interface Scope {
  /** Null for the admin. */
  readonly clientId: string | null;
  /** Null for all sessions of the client, or of everybody. */
  readonly sessionId: string | null;
}

/** Whether something about a session of a client is in the scope. Events of no session are the admin's alone. */
export const covers = (scope: Scope, about: { clientId: string | null; sessionId: string | null }): boolean =>
  (scope.clientId === null || scope.clientId === about.clientId) &&
  (scope.sessionId === null || scope.sessionId === about.sessionId);

/** Scopes with the same key see the same. */
export const keyOf = ({ clientId, sessionId }: Scope): string => `${clientId ?? ''} ${sessionId ?? ''}`;
