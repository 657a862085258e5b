/** The choice of a language. */
export const LANGUAGE = {
  'language.label': 'Language',
  'language.help': 'Words, dates and numbers of this window or browser. It loads anew.',
  'language.note': 'Kept here, not in the data folder.',
  'language.system': 'System',
} as const;
