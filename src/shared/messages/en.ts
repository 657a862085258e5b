import { LANGUAGE } from './en/language';
import { LOGINS } from './en/logins';
import { NAVIGATION } from './en/navigation';
import { SERVER_FORM } from './en/server-form';
import { SERVER_IMPORT } from './en/server-import';
import { SERVER_WORDS } from './en/server-words';
import { SERVERS } from './en/servers';
import { SETTINGS_VIEW } from './en/settings';
import { TIME } from './en/time';

/** The English texts, which are also the ids that there are. */
export const EN = {
  ...LANGUAGE,
  ...LOGINS,
  ...NAVIGATION,
  ...SERVERS,
  ...SERVER_FORM,
  ...SERVER_IMPORT,
  ...SERVER_WORDS,
  ...SETTINGS_VIEW,
  ...TIME,
} as const;

export type MessageId = keyof typeof EN;
