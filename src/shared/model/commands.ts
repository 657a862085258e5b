import type { MessageId } from '../messages/en';
import { t } from '../messages/language';
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
  | 'server.sets'
  | 'checks.run'
  | 'diagnosis.copy'
  | 'diagnosis.bundle'
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
  /** What it does, as the palette and the list of keys say it. */
  readonly title: string;
  /** The same for the menu, which may speak another language. */
  readonly text: MessageId;
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

const titled = (text: MessageId) => ({ text, title: t(text) });

const viewCommand = (view: View, index: number): Command => ({
  id: `view.${view}`,
  title: viewWord(view),
  text: `navigation.${view}`,
  words: t('commands.view.words'),
  keys: [`CmdOrCtrl+${index + 1}`],
  appOnly: true,
  menu: 'view',
});

/**
 * Every command that is always there, in the order of the menus. The palette, the list of keys and the application menu are
 * made from this list. What can be done to one session, server or client depends on it, so the palette adds that itself.
 */
export const COMMANDS: readonly Command[] = [
  { id: 'palette', ...titled('commands.palette'), keys: ['CmdOrCtrl+K'], menu: 'file', hidden: true },
  { id: 'server.add', ...titled('commands.server.add'), words: t('commands.server.add.words'), menu: 'file' },
  { id: 'server.import', ...titled('commands.server.import'), words: t('commands.server.import.words'), menu: 'file' },
  { id: 'client.add', ...titled('commands.client.add'), words: t('commands.client.add.words'), menu: 'file' },
  { id: 'server.sets', ...titled('sets.open'), words: t('commands.sets.words') },
  { id: 'checks.run', ...titled('diagnostics.run'), words: t('commands.checks.words') },
  { id: 'diagnosis.copy', ...titled('diagnostics.copy'), words: t('commands.diagnosis.words') },
  { id: 'diagnosis.bundle', ...titled('bundle.ask'), words: t('commands.diagnosis.words') },
  ...VIEWS.map(viewCommand),
  {
    id: 'filter',
    ...titled('commands.filter'),
    words: t('commands.filter.words'),
    keys: ['/', 'CmdOrCtrl+F'],
    menu: 'view',
  },
  { id: 'theme.system', ...titled('commands.theme.system'), words: t('commands.theme.words') },
  { id: 'theme.light', ...titled('commands.theme.light'), words: t('commands.theme.words') },
  { id: 'theme.dark', ...titled('commands.theme.dark'), words: t('commands.theme.dark.words') },
  { id: 'stream.reconnect', ...titled('commands.stream.reconnect'), words: t('commands.stream.words') },
  { id: 'stream.disconnect', ...titled('commands.stream.disconnect'), words: t('commands.stream.words') },
  {
    id: 'zoom.in',
    ...titled('commands.zoom.in'),
    keys: ['CmdOrCtrl+Plus', 'CmdOrCtrl+='],
    appOnly: true,
    menu: 'view',
    hidden: true,
  },
  { id: 'zoom.out', ...titled('commands.zoom.out'), keys: ['CmdOrCtrl+-'], appOnly: true, menu: 'view', hidden: true },
  {
    id: 'zoom.reset',
    ...titled('commands.zoom.reset'),
    keys: ['CmdOrCtrl+0'],
    appOnly: true,
    menu: 'view',
    hidden: true,
  },
  { id: 'keys', ...titled('commands.keys'), words: t('commands.keys.words'), keys: ['?'], menu: 'help' },
  { id: 'single_keys', ...titled('commands.single_keys'), words: t('commands.single_keys.words') },
];

const IDS: ReadonlySet<string> = new Set(COMMANDS.map(({ id }) => id));

export const isCommandId = (text: unknown): text is CommandId => typeof text === 'string' && IDS.has(text);
