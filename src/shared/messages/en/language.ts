/** The choice of a language. */
export const LANGUAGE = {
  'language.label': 'Language',
  'language.help': 'Words, dates and numbers of this window or browser, which then reloads.',
  'language.note': 'Stored in this window, not in the data folder.',
  'language.system': 'System',
} as const;
