/** What a server's name may be: it is part of tool names, of an address and of resource URIs. */
export const SERVER_NAME = {
  longest: 40,
  tooLong: 'a server name has at most 40 characters',
  pattern: /^[A-Za-z][A-Za-z0-9-]*$/,
  wrong: 'a server name starts with a letter and has letters, digits and "-" only',
} as const;

/** Minutes without use after which a server may be stopped. */
export const IDLE_STOP_MINUTES = { least: 1, most: 1_440 } as const;
