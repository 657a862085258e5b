import type { ClientType } from '../contract/client';

/** Product names of the programs that connect, or that servers are imported from. */
export const PROGRAM_NAMES: Readonly<Record<Exclude<ClientType, 'other'>, string>> = {
  'claude-code': 'Claude Code',
  'claude-desktop': 'Claude Desktop',
  cursor: 'Cursor',
  vscode: 'VS Code',
  codex: 'Codex',
  gemini: 'Gemini CLI',
};
