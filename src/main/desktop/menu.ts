import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Say } from '../../shared/messages/language';
import type { CommandId } from '../../shared/model/commands';
import { menuTemplate } from './menu-template';

export interface MenuOptions {
  /** Runs a command in the window, or on it. */
  readonly run: (id: CommandId) => void;
  readonly quit: () => void;
  /** In which language; asked once. */
  readonly say: Say;
}

/** Sets the application menu: at the top of the screen on macOS; elsewhere hidden in the window until Alt shows it. */
export function setMenu(options: MenuOptions): void {
  const template: MenuItemConstructorOptions[] = menuTemplate({ ...options, isMac: process.platform === 'darwin' });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
