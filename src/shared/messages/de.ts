import { CHARTS } from './de/charts';
import { COMMANDS_TEXT } from './de/commands';
import { ERROR_TEXT } from './de/errors';
import { EVENTS } from './de/events';
import { HEALTH } from './de/health';
import { HISTORY } from './de/history';
import { LANGUAGE } from './de/language';
import { NAVIGATION } from './de/navigation';
import { NUMBER } from './de/number';
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
  ...CHARTS,
  ...COMMANDS_TEXT,
  ...ERROR_TEXT,
  ...EVENTS,
  ...HEALTH,
  ...HISTORY,
  ...LANGUAGE,
  ...NAVIGATION,
  ...NUMBER,
  ...OVERVIEW,
  ...SESSIONS,
  ...SETTINGS_VIEW,
  ...SHELL,
  ...TIME,
  ...UI,
  ...WORDS,
};
