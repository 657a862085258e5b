import { z } from 'zod';
import { said } from '../messages/said';

/** The last time that a `Date` can hold (ECMA-262, Time Values). Later ones cannot be written as text. */
export const LAST_TIME = 8.64e15;

/** Says so. */
export const TOO_LATE = said('said.input.too_late');

/** An instant, in milliseconds since the Unix epoch. Whatever passes can be made a `Date`. */
export const instantSchema = z
  .number()
  .int()
  .nonnegative()
  .max(LAST_TIME, TOO_LATE)
  .describe('milliseconds since the Unix epoch, UTC');
