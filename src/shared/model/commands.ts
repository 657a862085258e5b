import { VIEWS, type View, viewWord } from './views';

export type CommandId =
  | `view.${View}`
  | 'palette'
  | 'keys'
  | 'filter'
  | 'single_keys'
  | 'server.add'
  | 'server.import'
  | 'client.add'
  | 'theme.system'
  | 'theme.light'
  | 'theme.dark'
  | 'stream.reconnect'
  | 'stream.disconnect'
  | 'zoom.in'
  | 'zoom.out'
  | 'zoom.reset';

/** Which menu of the application has a command. */
export type MenuName = 'file' | 'view' | 'help';

/** Something that the window can do, whatever is on screen. */
export interface Command {
  readonly id: CommandId;
  /** What it does, as the palette, the menu and the list of keys say it. */
  readonly title: string;
  /** More words by which the palette finds it. */
  readonly words?: string;
  /** Its key combinations, as in `CmdOrCtrl+K` or `?`; the first is shown. */
  readonly keys?: readonly string[];
  /** Its keys work in the application alone: in a browser they are the browser's. */
  readonly appOnly?: true;
  readonly menu?: MenuName;
  /** Not in the palette: there it would make no sense. */
  readonly hidden?: true;
}

const viewCommand = (view: View, index: number): Command => ({
  id: `view.${view}`,
  title: viewWord(view),
  words: 'go to view open',
  keys: [`CmdOrCtrl+${index + 1}`],
  appOnly: true,
  menu: 'view',
});

/**
 * Every command that is always there, in the order of the menus. The palette, the list of keys and the application menu are
 * made from this list. What can be done to one session, server or client depends on it, so the palette adds that itself.
 */
export const COMMANDS: readonly Command[] = [
  { id: 'palette', title: 'Find anything', keys: ['CmdOrCtrl+K'], menu: 'file', hidden: true },
  { id: 'server.add', title: 'Add server', words: 'new mcp', menu: 'file' },
  { id: 'server.import', title: 'Import servers', words: 'claude cursor vscode codex gemini', menu: 'file' },
  { id: 'client.add', title: 'Connect a client', words: 'new key create', menu: 'file' },
  ...VIEWS.map(viewCommand),
  { id: 'filter', title: 'Filter what is shown', words: 'search', keys: ['/', 'CmdOrCtrl+F'], menu: 'view' },
  { id: 'theme.system', title: 'Theme: as the system', words: 'colours appearance' },
  { id: 'theme.light', title: 'Theme: light', words: 'colours appearance' },
  { id: 'theme.dark', title: 'Theme: dark', words: 'colours appearance night' },
  { id: 'stream.reconnect', title: 'Reconnect this window', words: 'live stream connection' },
  { id: 'stream.disconnect', title: 'Disconnect this window', words: 'live stream connection' },
  {
    id: 'zoom.in',
    title: 'Zoom in',
    keys: ['CmdOrCtrl+Plus', 'CmdOrCtrl+='],
    appOnly: true,
    menu: 'view',
    hidden: true,
  },
  { id: 'zoom.out', title: 'Zoom out', keys: ['CmdOrCtrl+-'], appOnly: true, menu: 'view', hidden: true },
  { id: 'zoom.reset', title: 'Actual size', keys: ['CmdOrCtrl+0'], appOnly: true, menu: 'view', hidden: true },
  { id: 'keys', title: 'Keyboard shortcuts', words: 'help keys', keys: ['?'], menu: 'help' },
  { id: 'single_keys', title: 'Switch single-key shortcuts on or off', words: 'keyboard accessibility' },
];

const IDS: ReadonlySet<string> = new Set(COMMANDS.map(({ id }) => id));

export const isCommandId = (text: unknown): text is CommandId => typeof text === 'string' && IDS.has(text);
