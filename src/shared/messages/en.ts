import { ACTIVITY } from './en/activity';
import { ALERTS } from './en/alerts';
import { CALLS } from './en/calls';
import { CHARTS } from './en/charts';
import { COMMANDS_TEXT } from './en/commands';
import { CONNECT } from './en/connect';
import { CONTENTS } from './en/contents';
import { DESKTOP } from './en/desktop';
import { DIAGNOSTICS } from './en/diagnostics';
import { ERROR_TEXT } from './en/errors';
import { EVENTS } from './en/events';
import { EXPORT } from './en/export';
import { FIRST_RUN } from './en/first-run';
import { HEALTH } from './en/health';
import { HISTORY } from './en/history';
import { LANGUAGE } from './en/language';
import { LOGINS } from './en/logins';
import { NAVIGATION } from './en/navigation';
import { NOTIFICATIONS } from './en/notifications';
import { NUMBER } from './en/number';
import { OVERVIEW } from './en/overview';
import { PALETTE } from './en/palette';
import { SAID } from './en/said';
import { SAID_CHECK } from './en/said-check';
import { SAID_ENTRY } from './en/said-entry';
import { SAID_HOLDFAST } from './en/said-holdfast';
import { SAID_IMPORT } from './en/said-import';
import { SAID_LIST } from './en/said-list';
import { SAID_LOGIN } from './en/said-login';
import { SAID_REQUEST } from './en/said-request';
import { SAID_SERVER } from './en/said-server';
import { SERVER_FORM } from './en/server-form';
import { SERVER_IMPORT } from './en/server-import';
import { SERVER_WORDS } from './en/server-words';
import { SERVERS } from './en/servers';
import { SESSIONS } from './en/sessions';
import { SETTING_TABLE } from './en/setting-table';
import { SETTINGS_VIEW } from './en/settings';
import { SHELL } from './en/shell';
import { STARTUP_UPDATES } from './en/startup-updates';
import { TELEMETRY } from './en/telemetry';
import { TIME } from './en/time';
import { TOOLS } from './en/tools';
import { UI } from './en/ui';
import { WORDS } from './en/words';

/** The English texts, which are also the ids that there are. */
export const EN = {
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
} as const;

export type MessageId = keyof typeof EN;
