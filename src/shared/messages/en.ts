import { DIAGNOSTICS } from './en/diagnostics';
import { LANGUAGE } from './en/language';
import { LOGINS } from './en/logins';
import { NAVIGATION } from './en/navigation';
import { PALETTE } from './en/palette';
import { SERVER_FORM } from './en/server-form';
import { SERVER_IMPORT } from './en/server-import';
import { SERVER_WORDS } from './en/server-words';
import { SERVERS } from './en/servers';
import { SETTINGS_VIEW } from './en/settings';
import { TIME } from './en/time';

/** The English texts, which are also the ids that there are. */
export const EN = {
  ...DIAGNOSTICS,
  ...LANGUAGE,
  ...LOGINS,
  ...NAVIGATION,
  ...PALETTE,
  ...SERVERS,
  ...SERVER_FORM,
  ...SERVER_IMPORT,
  ...SERVER_WORDS,
  ...SETTINGS_VIEW,
  ...TIME,
} as const;

export type MessageId = keyof typeof EN;
