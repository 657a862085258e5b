import { EVENTS } from './de/events';
import { LANGUAGE } from './de/language';
import { NAVIGATION } from './de/navigation';
import { SESSIONS } from './de/sessions';
import { SETTINGS_VIEW } from './de/settings';
import { SHELL } from './de/shell';
import { TIME } from './de/time';
import { UI } from './de/ui';
import { WORDS } from './de/words';
import type { Catalogue } from './language';

/** The German texts. */
export const DE: Catalogue = {
  ...EVENTS,
  ...LANGUAGE,
  ...NAVIGATION,
  ...SESSIONS,
  ...SETTINGS_VIEW,
  ...SHELL,
  ...TIME,
  ...UI,
  ...WORDS,
};
