import type { IncomingMessage } from 'node:http';
import { MINUTE, type Ms, SECOND } from '../../../shared/model/units';
import type { Random } from '../../platform/ports';
import { delayBefore } from './connection-context';

/** A server may ask to be left alone for longer than this, never for less. */
const LEAST: Ms = SECOND;
/** No wish of a server is followed for longer than this. */
const MOST: Ms = 5 * MINUTE;
/** A stream that was open for this long has not ended at once. */
export const NOT_AT_ONCE: Ms = 30 * SECOND;

/**
 * Delay before a stream is opened again: what the server asked for, from 1 s to 5 min, and longer with each stream that
 * ended without a message, so that a server whose streams end at once is not asked again and again.
 * @param quiet - streams, or attempts, in a row that brought no message
 * @param asked - the server's `retry` or `Retry-After`; null when it sent none
 */
export const paceOf = (random: Random, quiet: number, asked: Ms | null): Ms =>
  Math.max(LEAST, delayBefore(random, quiet, LEAST), Math.min(asked ?? 0, MOST));

/** `Retry-After` (RFC 9110 section 10.2.3), in seconds or as a date by the server's own clock; null without one. */
export function retryAfter({ headers }: IncomingMessage): Ms | null {
  const text = headers['retry-after'];
  if (text === undefined) return null;
  const delay = /^\d+$/.test(text) ? Number(text) * SECOND : Date.parse(text) - Date.parse(headers.date ?? '');
  return Number.isFinite(delay) ? Math.max(0, delay) : null;
}
