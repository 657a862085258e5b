import { CONNECT } from './en/connect';
import { FIRST_RUN } from './en/first-run';
import { LANGUAGE } from './en/language';
import { NAVIGATION } from './en/navigation';
import { SETTINGS_VIEW } from './en/settings';
import { TIME } from './en/time';

/** The English texts, which are also the ids that there are. */
export const EN = { ...CONNECT, ...FIRST_RUN, ...LANGUAGE, ...NAVIGATION, ...SETTINGS_VIEW, ...TIME } as const;

export type MessageId = keyof typeof EN;
