import type { ClientType } from '../contract/client';
import type { Session } from '../contract/session';
import { type Say, t } from '../messages/language';
import { ownValue } from './own-value';

/** Product names of the programs that connect, or that servers are imported from. */
export const PROGRAM_NAMES: Readonly<Record<Exclude<ClientType, 'other'>, string>> = {
  'claude-code': 'Claude Code',
  'claude-desktop': 'Claude Desktop',
  cursor: 'Cursor',
  vscode: 'VS Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
};

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
export function isNameTelling({ client_type, client_name }: Pick<Session, 'client_type' | 'client_name'>): boolean {
  const telling = ownValue(TELLING, client_type);
  return telling !== undefined && client_name.toLowerCase().includes(telling);
}

/**
 * The name of the program that a session is of: `Claude Code` for `claude-code`, otherwise what its client called itself; null for
 * one that gave no name.
 */
export const programNameOf = (session: Pick<Session, 'client_type' | 'client_name'>): string | null => {
  const { client_type, client_name } = session;
  if (!isNameTelling(session) && client_name !== '') return client_name;
  return client_type === 'other' ? null : (ownValue(PROGRAM_NAMES, client_type) ?? client_type);
};

/**
 * What people call a session: {@link programNameOf}, or words for a client without a name.
 * @param say - in which language
 */
export const programOf = (session: Pick<Session, 'client_type' | 'client_name'>, say: Say = t): string =>
  programNameOf(session) ?? say('words.client.unnamed');
