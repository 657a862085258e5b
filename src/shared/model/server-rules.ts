import { said } from '../messages/said';
/** Rules for a server's name, which becomes part of tool names, an address and resource URIs. */
export const SERVER_NAME = {
  longest: 40,
  tooLong: said('said.name.too_long'),
  pattern: /^[A-Za-z][A-Za-z0-9-]*$/,
  wrong: said('said.name.wrong'),
} as const;

/** The range of seconds that a server's start can be given. */
export const START_SECONDS = { least: 1, most: 3_600 } as const;

/** The range of minutes without use after which a server can be set to stop. */
export const IDLE_STOP_MINUTES = { least: 1, most: 1_440 } as const;
