import { LANGUAGE } from './de/language';
import { NAVIGATION } from './de/navigation';
import { NOTIFICATIONS } from './de/notifications';
import { SETTING_TABLE } from './de/setting-table';
import { SETTINGS_VIEW } from './de/settings';
import { STARTUP_UPDATES } from './de/startup-updates';
import { TIME } from './de/time';
import type { Catalogue } from './language';

/** The German texts. */
export const DE: Catalogue = {
  ...LANGUAGE,
  ...NAVIGATION,
  ...NOTIFICATIONS,
  ...SETTING_TABLE,
  ...SETTINGS_VIEW,
  ...STARTUP_UPDATES,
  ...TIME,
};
