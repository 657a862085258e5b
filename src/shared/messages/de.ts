import { COMMANDS_TEXT } from './de/commands';
import { EVENTS } from './de/events';
import { HEALTH } from './de/health';
import { LANGUAGE } from './de/language';
import { NAVIGATION } from './de/navigation';
import { OVERVIEW } from './de/overview';
import { SESSIONS } from './de/sessions';
import { SETTINGS_VIEW } from './de/settings';
import { SHELL } from './de/shell';
import { TIME } from './de/time';
import { UI } from './de/ui';
import { WORDS } from './de/words';
import type { Catalogue } from './language';

/** The German texts. */
export const DE: Catalogue = {
  ...COMMANDS_TEXT,
  ...EVENTS,
  ...HEALTH,
  ...LANGUAGE,
  ...NAVIGATION,
  ...OVERVIEW,
  ...SESSIONS,
  ...SETTINGS_VIEW,
  ...SHELL,
  ...TIME,
  ...UI,
  ...WORDS,
};
