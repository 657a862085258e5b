import { describe, expect, test } from 'vitest';
import { paramsForServer, withTokenOf } from '#src/main/endpoint/mcp/stateless/stateless-messages';

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

describe('what a request takes to its server', () => {
  const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
  const mark = { [CAPABILITIES]: { extensions: { 'io.modelcontextprotocol/tasks': {} } } };
  const ofRevision = { [CAPABILITIES]: { elicitation: {} }, 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  const given = { taskId: 'x', inputResponses: { k: {} }, requestState: 's', _meta: { ...ofRevision, mine: 1 } };

  test.each([
    ['tools/call', false, { taskId: 'x', _meta: { mine: 1 } }],
    ['tools/call', true, { taskId: 'x', _meta: { mine: 1, ...mark } }],
    ['tasks/get', true, { taskId: 'x', _meta: { mine: 1, ...mark } }],
    ['tasks/update', true, { taskId: 'x', inputResponses: { k: {} }, _meta: { mine: 1, ...mark } }],
  ])('%s, with tasks: %s', (method, withTasks, params) => {
    expect(paramsForServer(method, given, withTasks)).toEqual(params);
  });

  test('is nothing of ours where there are no tasks', () => {
    expect(paramsForServer('tools/call', { name: 'x', _meta: ofRevision }, false)).toEqual({ name: 'x' });
  });
});
