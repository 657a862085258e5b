import type { MenuItemConstructorOptions } from 'electron';
import { COMMANDS, type Command, type CommandId, type MenuName } from '../../shared/model/commands';
import { isSingleKey } from '../../shared/model/keys';

export interface MenuTemplateOptions {
  readonly isMac: boolean;
  readonly run: (id: CommandId) => void;
  readonly quit: () => void;
}

type Item = MenuItemConstructorOptions;
const SEPARATOR: Item = { type: 'separator' };

/**
 * The application menu as Electron builds it, made from the list of commands. A single key is nobody's accelerator: it would
 * take letters from fields. Elsewhere than on macOS no key quits Holdfast, since that ends what it is there for.
 */
export function menuTemplate({ isMac, run, quit }: MenuTemplateOptions): Item[] {
  const items = (menu: MenuName): Item[] =>
    COMMANDS.filter((command) => command.menu === menu).flatMap((command) => itemsOf(command, run));
  const end: Item[] = isMac
    ? [{ role: 'close', label: 'Close window' }]
    : [{ role: 'close', label: 'Close window' }, SEPARATOR, { label: 'Quit Holdfast', click: quit }];
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies Item] : []),
    { label: '&File', submenu: [...items('file'), SEPARATOR, ...end] },
    { role: 'editMenu', label: '&Edit' },
    { label: '&View', submenu: [...items('view'), SEPARATOR, { role: 'togglefullscreen', label: 'Full screen' }] },
    ...(isMac ? [{ role: 'windowMenu' } satisfies Item] : []),
    { role: 'help', label: '&Help', submenu: items('help') },
  ];
}

/** One item that is seen, and hidden ones for its further keys. */
function itemsOf({ id, title, keys = [] }: Command, run: MenuTemplateOptions['run']): Item[] {
  const accelerators = keys.filter((one) => !isSingleKey(one));
  const [first, ...more] = accelerators;
  const item = (accelerator: string | undefined): Item => ({
    label: title,
    click: () => run(id),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  return [
    { ...item(first), id },
    ...more.map((accelerator): Item => ({ ...item(accelerator), visible: false, acceleratorWorksWhenHidden: true })),
  ];
}
