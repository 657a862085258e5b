import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { HoldfastError } from '../../shared/errors';
import { forLog } from './target';

/** Writes down why a request failed: a defect with where it came from, a refusal as a line. */
export function logFailure(log: Logger, req: IncomingMessage, error: unknown): void {
  const facts = { method: req.method, path: forLog(req.url) };
  const known =
    error instanceof HoldfastError ? error : new HoldfastError('internal_error', undefined, { cause: error });
  const { code } = known;
  if (code === 'internal_error') log.error({ ...facts, err: known.cause ?? known }, 'a request failed');
  // A flood of these must not fill the disk.
  else if (code === 'rate_limited') log.debug({ ...facts, code }, 'a request was refused');
  else log.info({ ...facts, code }, 'a request was refused');
}
