import type { SETTINGS_VIEW as EN } from '../en/settings';
import type { Translated } from '../translated';

export const SETTINGS_VIEW: Translated<typeof EN> = {
  'settings.after_restart': 'Nach dem nächsten Start von Holdfast: <strong>{names}</strong>.',
};
