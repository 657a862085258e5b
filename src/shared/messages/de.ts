import { DIAGNOSTICS } from './de/diagnostics';
import { LANGUAGE } from './de/language';
import { LOGINS } from './de/logins';
import { NAVIGATION } from './de/navigation';
import { NOTIFICATIONS } from './de/notifications';
import { PALETTE } from './de/palette';
import { SERVER_FORM } from './de/server-form';
import { SERVER_IMPORT } from './de/server-import';
import { SERVER_WORDS } from './de/server-words';
import { SERVERS } from './de/servers';
import { SETTING_TABLE } from './de/setting-table';
import { SETTINGS_VIEW } from './de/settings';
import { STARTUP_UPDATES } from './de/startup-updates';
import { TIME } from './de/time';
import type { Catalogue } from './language';

/** The German texts. */
export const DE: Catalogue = {
  ...DIAGNOSTICS,
  ...LANGUAGE,
  ...LOGINS,
  ...NAVIGATION,
  ...NOTIFICATIONS,
  ...PALETTE,
  ...SERVERS,
  ...SERVER_FORM,
  ...SERVER_IMPORT,
  ...SERVER_WORDS,
  ...SETTINGS_VIEW,
  ...SETTING_TABLE,
  ...STARTUP_UPDATES,
  ...TIME,
};
