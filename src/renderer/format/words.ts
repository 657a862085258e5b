import type { ClientType } from '../../shared/contract/client';
import type { Era, ReconnectCause, Session, SessionStatus } from '../../shared/contract/session';
import { PROGRAM_NAMES } from '../../shared/model/program-names';

export const STATUS_WORDS: Readonly<Record<SessionStatus, string>> = {
  active: 'Active',
  idle: 'Idle',
  disconnected: 'Disconnected',
  expired: 'Expired',
  closed: 'Closed',
};

/** What a status means, in one sentence. */
export const STATUS_MEANINGS: Readonly<Record<SessionStatus, string>> = {
  active: 'The client is connected and used the session in the last minute.',
  idle: 'The client is connected but quiet.',
  disconnected: 'The client is gone. It can come back to this session.',
  expired: 'The client stayed away too long. The session is over.',
  closed: 'The session was ended on purpose.',
};

const CLIENT_TYPE_WORDS: Readonly<Record<ClientType, string>> = { ...PROGRAM_NAMES, other: 'Other' };

/** The name of a kind of client; an unknown kind is shown as it is. */
export const clientTypeWord = (type: string): string => CLIENT_TYPE_WORDS[type as ClientType] ?? type;

/** What programs of each kind have in the name that they give themselves. */
const TELLING: Readonly<Partial<Record<string, string>>> = {
  'claude-code': 'claude',
  'claude-desktop': 'claude',
  cursor: 'cursor',
  vscode: 'visual studio',
  codex: 'codex',
  gemini: 'gemini',
};

/** Whether the name says no more than the kind does, such as `codex-mcp-client` for Codex. */
function isTelling({ client_type, client_name }: Session): boolean {
  const telling = TELLING[client_type];
  return telling !== undefined && client_name.toLowerCase().includes(telling);
}

/** The kind of client, to show beside its name; empty if the name already says it or the kind is `other`. */
export const kindBesideName = (session: Session): string =>
  isTelling(session) || session.client_type === 'other' ? '' : clientTypeWord(session.client_type);

/** What people call a session: `Claude Code` for `claude-code`, otherwise the name that its client gave itself. */
export const sessionName = (session: Session): string =>
  isTelling(session) || session.client_name === '' ? clientTypeWord(session.client_type) : session.client_name;

export const CAUSE_WORDS: Readonly<Record<ReconnectCause, string>> = {
  resumed: 'Resumed',
  restored: 'Restored',
  reinitialized: 'Re-initialized',
  token: 'By token',
};

/** How the client came back, in one sentence. */
export const CAUSE_MEANINGS: Readonly<Record<ReconnectCause, string>> = {
  resumed: 'The client used its old session id again.',
  restored: 'Holdfast had restarted, and the client continued with its old session id.',
  reinitialized: 'The client started over in time and got its session back.',
  token: 'The client presented its reconnect token.',
};

export const ERA_WORDS: Readonly<Record<Era, string>> = { sessionful: 'Sessionful', stateless: 'Stateless' };
