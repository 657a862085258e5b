import type { ServerResponse } from 'node:http';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { sendFailure } from '#src/main/endpoint/mcp/failures';
import type { Services } from '#src/main/services';
import { HoldfastError } from '#src/shared/errors';

/** What is logged when a request fails so. */
function logged(error: unknown): { level: number; reason?: string; err?: { stack: string } } {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(line) });
  const res: object = { headersSent: false, writeHead: () => res, setHeader: () => res, end: () => {} };
  sendFailure({ log } as unknown as Services, res as ServerResponse, error, 1);
  return JSON.parse(lines.join(''));
}

test('an expected failure is logged as a sentence, any other with where it came from', () => {
  const expected = logged(new HoldfastError('server_untrusted'));
  expect([expected.level, expected.err]).toEqual([40, undefined]);
  expect(expected.reason).toMatch(/not been confirmed yet/);
  const other = logged(new TypeError('x'));
  expect([other.level, other.reason]).toEqual([50, undefined]);
  expect(other.err?.stack).toContain('failures-log.test');
});
