import type { MenuItemConstructorOptions } from 'electron';
import type { Say } from '../../shared/messages/language';
import { COMMANDS, type Command, type CommandId, type MenuName } from '../../shared/model/commands';
import { isSingleKey } from '../../shared/model/keys';

export interface MenuTemplateOptions {
  readonly isMac: boolean;
  readonly run: (id: CommandId) => void;
  readonly quit: () => void;
  /** In which language. */
  readonly say: Say;
}

type Item = MenuItemConstructorOptions;
const SEPARATOR: Item = { type: 'separator' };

/**
 * The application menu as Electron builds it, made from the list of commands. A single key is nobody's accelerator: it would
 * take letters from fields. Elsewhere than on macOS no key quits Holdfast, since that ends what it is there for.
 */
export function menuTemplate({ isMac, run, quit, say }: MenuTemplateOptions): Item[] {
  const items = (menu: MenuName): Item[] =>
    COMMANDS.filter((command) => command.menu === menu).flatMap((command) => itemsOf(command, run, say));
  const close: Item = { role: 'close', label: say('desktop.menu.close') };
  const end: Item[] = isMac ? [close] : [close, SEPARATOR, { label: say('desktop.quit'), click: quit }];
  return [
    ...(isMac ? [applicationMenu(say)] : []),
    { label: say('desktop.menu.file'), submenu: [...items('file'), SEPARATOR, ...end] },
    { label: say('desktop.menu.edit'), submenu: editItems(say) },
    {
      label: say('desktop.menu.view'),
      submenu: [...items('view'), SEPARATOR, { role: 'togglefullscreen', label: say('desktop.menu.full_screen') }],
    },
    ...(isMac ? [windowMenu(say)] : []),
    { role: 'help', label: say('desktop.menu.help'), submenu: items('help') },
  ];
}

const editItems = (say: Say): Item[] => [
  { role: 'undo', label: say('desktop.edit.undo') },
  { role: 'redo', label: say('desktop.edit.redo') },
  SEPARATOR,
  { role: 'cut', label: say('desktop.edit.cut') },
  { role: 'copy', label: say('desktop.edit.copy') },
  { role: 'paste', label: say('desktop.edit.paste') },
  { role: 'delete', label: say('desktop.edit.delete') },
  SEPARATOR,
  { role: 'selectAll', label: say('desktop.edit.all') },
];

/** What macOS has under the name of a program. Left to Electron, its items would be English. */
const applicationMenu = (say: Say): Item => ({
  role: 'appMenu',
  label: 'Holdfast',
  submenu: [
    { role: 'about', label: say('desktop.mac.about') },
    SEPARATOR,
    { role: 'services', label: say('desktop.mac.services') },
    SEPARATOR,
    { role: 'hide', label: say('desktop.mac.hide') },
    { role: 'hideOthers', label: say('desktop.mac.hide_others') },
    { role: 'unhide', label: say('desktop.mac.show_all') },
    SEPARATOR,
    { role: 'quit', label: say('desktop.quit') },
  ],
});

const windowMenu = (say: Say): Item => ({
  role: 'windowMenu',
  label: say('desktop.mac.window'),
  submenu: [
    { role: 'minimize', label: say('desktop.mac.minimize') },
    { role: 'zoom', label: say('desktop.mac.zoom') },
    SEPARATOR,
    { role: 'front', label: say('desktop.mac.front') },
  ],
});

/** One item that is seen, and hidden ones for its further keys. */
function itemsOf({ id, text, keys = [] }: Command, run: MenuTemplateOptions['run'], say: Say): Item[] {
  const accelerators = keys.filter((one) => !isSingleKey(one));
  const [first, ...more] = accelerators;
  const item = (accelerator: string | undefined): Item => ({
    label: say(text),
    click: () => run(id),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  return [
    { ...item(first), id },
    ...more.map((accelerator): Item => ({ ...item(accelerator), visible: false, acceleratorWorksWhenHidden: true })),
  ];
}
