/** The settings view. */
export const SETTINGS_VIEW = {
  'settings.after_restart': 'After the next start of Holdfast: <strong>{names}</strong>.',
} as const;
