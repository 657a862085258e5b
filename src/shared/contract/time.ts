import { z } from 'zod';

/** The last time that a `Date` can hold (ECMA-262, Time Values). Later ones cannot be written as text. */
export const LAST_TIME = 8.64e15;

/** Says so. */
export const TOO_LATE = 'give a time before the year 275760, in milliseconds since 1970';

/** An instant, in milliseconds since the Unix epoch. Whatever passes can be made a `Date`. */
export const instantSchema = z
  .number()
  .int()
  .nonnegative()
  .max(LAST_TIME, TOO_LATE)
  .describe('milliseconds since the Unix epoch, UTC');
