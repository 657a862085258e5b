import { app } from 'electron';
import { said } from '../../../shared/messages/said';
import type { StartAtLogin } from '../ports';
import { notPossible, ownVariables } from '../start-at-login/open';

/**
 * Starting at login on macOS and Windows, which keep login items themselves. A login item has no environment, so it is
 * possible for the usual data folder and port alone.
 */
export function electronLoginItem(folder: string, env: NodeJS.ProcessEnv): StartAtLogin {
  if (!app.isPackaged) return notPossible(said('said.login_item.not_installed'));
  if (Object.keys(ownVariables(folder, env)).length > 0) {
    return notPossible(said('said.login_item.unusual'));
  }
  const item = process.platform === 'win32' ? { path: process.execPath, args: ['--hidden'] } : {};
  const get = () => ({ enabled: app.getLoginItemSettings(item).openAtLogin, possible: true, note: null });
  return {
    get,
    set(enabled) {
      if (get().enabled !== enabled) app.setLoginItemSettings({ ...item, openAtLogin: enabled });
      return get();
    },
    // The system follows the app by itself.
    refresh: () => false,
  };
}

/** Whether the system started the app because the user logged in. Elsewhere than on macOS an argument says so. */
export const wasStartedAtLogin = (): boolean =>
  process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
