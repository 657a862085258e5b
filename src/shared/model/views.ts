/** The views of the window, in the order of the navigation. */
export const VIEWS = ['overview', 'sessions', 'servers', 'history', 'connect', 'settings', 'diagnostics'] as const;
export type View = (typeof VIEWS)[number];

export const VIEW_WORDS: Readonly<Record<View, string>> = {
  overview: 'Overview',
  sessions: 'Sessions',
  servers: 'Servers',
  history: 'History',
  connect: 'Connect',
  settings: 'Settings',
  diagnostics: 'Diagnostics',
};
