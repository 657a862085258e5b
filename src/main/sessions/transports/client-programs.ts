/**
 * Parts of the names that programs give themselves which initialize again within the same chat: after their stream broke,
 * after an outage, or in each start of a bridge. Any other program is taken to open one chat with each `initialize`.
 */
const COME_BACK_ANEW = new RegExp(
  `(^|[^a-z])(${[
    'claude',
    'codex',
    'gemini-cli',
    'gemini cli',
    'cursor',
    'visual studio code',
    'vscode',
    'windsurf',
    'zed',
    'cline',
    'roo code',
    'opencode',
    'goose',
    'mcporter',
    'mcp-remote',
    'mcpc',
    'mcpdo',
    'mcp-inspector',
  ].join('|')})`,
  'i',
);

/** Whether a program of this name keeps one chat in one process, so that its next `initialize` is the same chat. */
export const comesBackAnew = (clientName: string): boolean => COME_BACK_ANEW.test(clientName);
