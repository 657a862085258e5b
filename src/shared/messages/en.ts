import { CHARTS } from './en/charts';
import { COMMANDS_TEXT } from './en/commands';
import { ERROR_TEXT } from './en/errors';
import { EVENTS } from './en/events';
import { HEALTH } from './en/health';
import { HISTORY } from './en/history';
import { LANGUAGE } from './en/language';
import { NAVIGATION } from './en/navigation';
import { NUMBER } from './en/number';
import { OVERVIEW } from './en/overview';
import { SESSIONS } from './en/sessions';
import { SETTINGS_VIEW } from './en/settings';
import { SHELL } from './en/shell';
import { TIME } from './en/time';
import { UI } from './en/ui';
import { WORDS } from './en/words';

/** The English texts, which are also the ids that there are. */
export const EN = {
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
} as const;

export type MessageId = keyof typeof EN;
