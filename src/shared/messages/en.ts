import { LANGUAGE } from './en/language';
import { NAVIGATION } from './en/navigation';
import { NOTIFICATIONS } from './en/notifications';
import { SETTING_TABLE } from './en/setting-table';
import { SETTINGS_VIEW } from './en/settings';
import { STARTUP_UPDATES } from './en/startup-updates';
import { TIME } from './en/time';

/** The English texts, which are also the ids that there are. */
export const EN = {
  ...LANGUAGE,
  ...NAVIGATION,
  ...NOTIFICATIONS,
  ...SETTING_TABLE,
  ...SETTINGS_VIEW,
  ...STARTUP_UPDATES,
  ...TIME,
} as const;

export type MessageId = keyof typeof EN;
