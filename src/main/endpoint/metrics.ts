import type { IncomingMessage, ServerResponse } from 'node:http';
import { HoldfastError } from '../../shared/errors';
import type { Services } from '../services';
import { type Authenticator, bearerOf } from './auth';
import { API_HEADERS, MethodNotAllowed } from './refusal';

export const METRICS_PATH = '/metrics';

/**
 * Answers Prometheus, in its text format, for the key of metrics or the admin's.
 * @throws HoldfastError `unauthorized` or `rate_limited` without such a key, `not_found` while it is switched off
 */
export async function serveMetrics(
  { telemetry }: Pick<Services, 'telemetry'>,
  authenticator: Authenticator,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  if (req.method !== 'GET' && req.method !== 'HEAD') throw new MethodNotAllowed(['GET', 'HEAD']);
  const { authorization } = req.headers;
  const key = authorization === undefined ? null : bearerOf(authorization);
  if (key === null || !telemetry.isMetricsKey(key)) {
    const { principal } = await authenticator.fromHeader(authorization);
    if (principal.kind !== 'admin') throw new HoldfastError('unauthorized', NOT_OF_METRICS);
  }
  const exposition = await telemetry.exposition();
  if (exposition === null) throw new HoldfastError('not_found', OFF);
  const body = Buffer.from(exposition.text);
  res.writeHead(200, { ...API_HEADERS, 'Content-Type': exposition.type, 'Content-Length': body.length });
  res.end(req.method === 'HEAD' ? undefined : body);
}

const NOT_OF_METRICS = 'This key does not read metrics. "holdfast telemetry metrics on" makes one that does.';
const OFF = 'Metrics are switched off. "holdfast telemetry metrics on" switches them on and makes a key.';
