import type { ClientType } from '../../shared/contract/client';
import type { ReconnectCause, Session, SessionStatus } from '../../shared/contract/session';
import { t } from '../../shared/messages/language';
import { processWords } from '../../shared/model/client-process';
import { shortId } from '../../shared/model/ids';
import { ownValue } from '../../shared/model/own-value';
import { isNameTelling, PROGRAM_NAMES, programOf } from '../../shared/model/program-names';

export const STATUS_WORDS: Readonly<Record<SessionStatus, string>> = {
  active: t('words.status.active'),
  idle: t('words.status.idle'),
  disconnected: t('words.status.disconnected'),
  expired: t('words.status.expired'),
  closed: t('words.status.closed'),
};

/** What a status means, in one sentence. */
export const STATUS_MEANINGS: Readonly<Record<SessionStatus, string>> = {
  active: t('words.status.active.meaning'),
  idle: t('words.status.idle.meaning'),
  disconnected: t('words.status.disconnected.meaning'),
  expired: t('words.status.expired.meaning'),
  closed: t('words.status.closed.meaning'),
};

const CLIENT_TYPE_WORDS: Readonly<Record<ClientType, string>> = {
  ...PROGRAM_NAMES,
  other: t('words.client.other'),
};

/** The name of a kind of client; an unknown kind is shown as it is. */
export const clientTypeWord = (type: string): string => ownValue(CLIENT_TYPE_WORDS, type) ?? type;

/** The kind of client, to show beside its name; empty if the name already says it or the kind is `other`. */
export const kindBesideName = (session: Session): string =>
  isNameTelling(session) || session.client_type === 'other' ? '' : clientTypeWord(session.client_type);

/** What people call a session: `Claude Code` for `claude-code`, otherwise the name that its client gave itself. */
export const sessionName = (session: Session): string => programOf(session);

/** `Claude Code in ~/shop, process 4711`; empty if the process is not known. */
export const sessionProcess = (session: Session): string =>
  session.client_process === null ? '' : processWords(sessionName(session), session.client_process);

/** `~/shop, process 4711`, to show beside the name; empty if the process is not known. */
export function processBesideName({ client_process }: Session): string {
  if (client_process === null) return '';
  const { folder, pid } = client_process;
  return folder === null ? t('words.process.aside', { pid }) : t('words.process.in_folder', { folder, pid });
}

/** Longer folders lose their beginning, which is what they share; lists cut off the end, which tells them apart. */
const FOLDER_SHOWN = 22;

/** `…/holdfast/docs` for a long folder: as many of its last parts as fit, and always the last one. */
export function shortFolder(folder: string): string {
  if (folder.length <= FOLDER_SHOWN) return folder;
  const separator = folder.includes('/') ? '/' : '\\';
  const [last = folder, ...parents] = folder.split(separator).filter(Boolean).reverse();
  let shown = last;
  for (const parent of parents) {
    if (shown.length + parent.length + 3 > FOLDER_SHOWN) break;
    shown = `${parent}${separator}${shown}`;
  }
  return `…${separator}${shown}`;
}

/** What tells a session from others of the same client, to stand first: where it works, then which process it is. */
export interface SessionPlace {
  /** The name that its user gave it, or the folder; without one the process, and without both the short id. Never empty. */
  readonly main: string;
  /** The process beside its folder, or the folder beside its name; otherwise empty. */
  readonly aside: string;
}

/** `~/shop` and `process 4711`; what is not known is left out. */
export function sessionPlace({ client_process, session_id }: Session, name?: string): SessionPlace {
  if (name) return { main: name, aside: client_process?.folder ? shortFolder(client_process.folder) : '' };
  if (client_process === null) return { main: shortId(session_id), aside: '' };
  const { folder, pid } = client_process;
  return folder === null
    ? { main: t('words.process', { pid }), aside: '' }
    : { main: shortFolder(folder), aside: t('words.process.aside', { pid }) };
}

/** `Claude Code in ~/shop`, for sentences about one session; the name alone if its folder is not known. */
export const sessionInPlace = (session: Session): string => {
  const folder = session.client_process?.folder;
  const name = sessionName(session);
  return folder ? t('words.session.in_folder', { name, folder: shortFolder(folder) }) : name;
};

/** How a client came back, as a heading; {@link CAUSE_MEANINGS} says more. */
export const CAUSE_WORDS: Readonly<Record<ReconnectCause, string>> = {
  resumed: t('words.cause.resumed'),
  restored: t('words.cause.restored'),
  reinitialized: t('words.cause.reinitialized'),
  token: t('words.cause.token'),
  taken_over: t('words.cause.taken_over'),
};

/** How the client came back, in one sentence. */
export const CAUSE_MEANINGS: Readonly<Record<ReconnectCause, string>> = {
  resumed: t('words.cause.resumed.meaning'),
  restored: t('words.cause.restored.meaning'),
  reinitialized: t('words.cause.reinitialized.meaning'),
  token: t('words.cause.token.meaning'),
  taken_over: t('words.cause.taken_over.meaning'),
};
