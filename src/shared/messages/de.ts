import { LANGUAGE } from './de/language';
import { LOGINS } from './de/logins';
import { NAVIGATION } from './de/navigation';
import { SERVER_WORDS } from './de/server-words';
import { SETTINGS_VIEW } from './de/settings';
import { TIME } from './de/time';
import type { Catalogue } from './language';

/** The German texts. */
export const DE: Catalogue = {
  ...LANGUAGE,
  ...LOGINS,
  ...NAVIGATION,
  ...SERVER_WORDS,
  ...SETTINGS_VIEW,
  ...TIME,
};
