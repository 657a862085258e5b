import { LANGUAGE } from './de/language';
import { NAVIGATION } from './de/navigation';
import { SETTINGS_VIEW } from './de/settings';
import { TIME } from './de/time';
import type { Catalogue } from './language';

/** The German texts. */
export const DE: Catalogue = { ...LANGUAGE, ...NAVIGATION, ...SETTINGS_VIEW, ...TIME };
