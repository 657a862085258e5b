import { ACTIVITY } from './de/activity';
import { ALERTS } from './de/alerts';
import { CALLS } from './de/calls';
import { CHARTS } from './de/charts';
import { COMMANDS_TEXT } from './de/commands';
import { CONNECT } from './de/connect';
import { CONTENTS } from './de/contents';
import { DESKTOP } from './de/desktop';
import { DIAGNOSTICS } from './de/diagnostics';
import { ERROR_TEXT } from './de/errors';
import { EVENTS } from './de/events';
import { EXPORT } from './de/export';
import { FIRST_RUN } from './de/first-run';
import { HEALTH } from './de/health';
import { HISTORY } from './de/history';
import { LANGUAGE } from './de/language';
import { LOGINS } from './de/logins';
import { NAVIGATION } from './de/navigation';
import { NOTIFICATIONS } from './de/notifications';
import { NUMBER } from './de/number';
import { OVERVIEW } from './de/overview';
import { PALETTE } from './de/palette';
import { SAID } from './de/said';
import { SAID_CHECK } from './de/said-check';
import { SAID_ENTRY } from './de/said-entry';
import { SAID_HOLDFAST } from './de/said-holdfast';
import { SAID_IMPORT } from './de/said-import';
import { SAID_LIST } from './de/said-list';
import { SAID_LOGIN } from './de/said-login';
import { SAID_REQUEST } from './de/said-request';
import { SAID_SERVER } from './de/said-server';
import { SERVER_FORM } from './de/server-form';
import { SERVER_IMPORT } from './de/server-import';
import { SERVER_WORDS } from './de/server-words';
import { SERVERS } from './de/servers';
import { SESSIONS } from './de/sessions';
import { SETTING_TABLE } from './de/setting-table';
import { SETTINGS_VIEW } from './de/settings';
import { SHELL } from './de/shell';
import { STARTUP_UPDATES } from './de/startup-updates';
import { TELEMETRY } from './de/telemetry';
import { TIME } from './de/time';
import { TOOLS } from './de/tools';
import { UI } from './de/ui';
import { WORDS } from './de/words';
import type { Catalogue } from './language';

/** The German texts. */
export const DE: Catalogue = {
  ...ACTIVITY,
  ...ALERTS,
  ...CALLS,
  ...CHARTS,
  ...COMMANDS_TEXT,
  ...CONNECT,
  ...CONTENTS,
  ...DESKTOP,
  ...DIAGNOSTICS,
  ...ERROR_TEXT,
  ...EVENTS,
  ...EXPORT,
  ...FIRST_RUN,
  ...HEALTH,
  ...HISTORY,
  ...LANGUAGE,
  ...LOGINS,
  ...NAVIGATION,
  ...NOTIFICATIONS,
  ...NUMBER,
  ...OVERVIEW,
  ...PALETTE,
  ...SAID,
  ...SAID_CHECK,
  ...SAID_ENTRY,
  ...SAID_HOLDFAST,
  ...SAID_IMPORT,
  ...SAID_LIST,
  ...SAID_LOGIN,
  ...SAID_REQUEST,
  ...SAID_SERVER,
  ...SERVERS,
  ...SERVER_FORM,
  ...SERVER_IMPORT,
  ...SERVER_WORDS,
  ...SESSIONS,
  ...SETTINGS_VIEW,
  ...SETTING_TABLE,
  ...SHELL,
  ...STARTUP_UPDATES,
  ...TELEMETRY,
  ...TIME,
  ...TOOLS,
  ...UI,
  ...WORDS,
};
