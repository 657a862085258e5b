import type { ClientType } from '../contract/client';
import type { Session } from '../contract/session';
import { t } from '../messages/language';
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

/** What people call a session: `Claude Code` for `claude-code`, otherwise the name that its client gave itself. */
export const programOf = (session: Pick<Session, 'client_type' | 'client_name'>): string => {
  const { client_type, client_name } = session;
  if (!isNameTelling(session) && client_name !== '') return client_name;
  return client_type === 'other' ? t('words.client.other') : (ownValue(PROGRAM_NAMES, client_type) ?? client_type);
};
