import { DIAGNOSTICS } from './en/diagnostics';
import { LANGUAGE } from './en/language';
import { LOGINS } from './en/logins';
import { NAVIGATION } from './en/navigation';
import { NOTIFICATIONS } from './en/notifications';
import { PALETTE } from './en/palette';
import { SERVER_FORM } from './en/server-form';
import { SERVER_IMPORT } from './en/server-import';
import { SERVER_WORDS } from './en/server-words';
import { SERVERS } from './en/servers';
import { SETTING_TABLE } from './en/setting-table';
import { SETTINGS_VIEW } from './en/settings';
import { STARTUP_UPDATES } from './en/startup-updates';
import { TIME } from './en/time';

/** The English texts, which are also the ids that there are. */
export const EN = {
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
} as const;

export type MessageId = keyof typeof EN;
