import { expect, test } from 'vitest';
import { withTokenOf } from '#src/main/endpoint/mcp/stateless/stateless-messages';

const progress = (progressToken: unknown) => ({
  jsonrpc: '2.0' as const,
  method: 'notifications/progress',
  params: { progressToken, progress: 2 },
});

test('progress carries the token of the request that waits, not of the one that is over', () => {
  expect(withTokenOf('second', progress('first'))).toEqual(progress('second'));
  expect(withTokenOf(0, progress(1))).toEqual(progress(0));
});

test('a request that asked for no progress gets none', () => {
  expect(withTokenOf(undefined, progress('first'))).toBeNull();
});

test('other notifications pass as they are', () => {
  const log = { jsonrpc: '2.0' as const, method: 'notifications/message', params: { level: 'info', data: 'x' } };
  expect(withTokenOf(undefined, log)).toBe(log);
});
