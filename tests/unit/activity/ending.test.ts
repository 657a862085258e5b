import fc from 'fast-check';
import { expect, test } from 'vitest';
import { endingOf } from '#src/main/endpoint/mcp/ending';
import type { JsonRpcResponse } from '#src/main/mcp/json-rpc';

const ending = (response: object) => endingOf(response as JsonRpcResponse);

test('an error says its text and its code', () => {
  expect(ending({ error: { code: -32601, message: 'Unknown tool' } })).toMatchObject({
    outcome: 'error',
    error: 'Unknown tool',
    error_code: -32601,
  });
});

test('an error of a tool says its first text', () => {
  const content = [
    { type: 'image', data: 'x' },
    { type: 'text', text: 'No such ticket' },
  ];
  expect(ending({ result: { isError: true, content } })).toMatchObject({
    outcome: 'tool_error',
    error: 'No such ticket',
  });
});

test('whatever a server answers, it is an ending that can be stored', () => {
  fc.assert(
    fc.property(fc.anything(), fc.anything(), fc.boolean(), (message, code, isError) => {
      for (const response of [
        { error: { message, code } },
        { error: message },
        { result: { isError, content: message } },
      ]) {
        const { error = null, error_code = null } = ending(response);
        expect(error === null || typeof error === 'string').toBe(true);
        expect(error_code === null || Number.isSafeInteger(error_code)).toBe(true);
      }
    }),
  );
});
