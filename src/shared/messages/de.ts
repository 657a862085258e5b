import { CONNECT } from './de/connect';
import { FIRST_RUN } from './de/first-run';
import { LANGUAGE } from './de/language';
import { NAVIGATION } from './de/navigation';
import { SETTINGS_VIEW } from './de/settings';
import { TIME } from './de/time';
import type { Catalogue } from './language';

/** The German texts. */
export const DE: Catalogue = { ...CONNECT, ...FIRST_RUN, ...LANGUAGE, ...NAVIGATION, ...SETTINGS_VIEW, ...TIME };
