import { expect, test } from 'vitest';
import { endingOf, isOk } from '#src/main/endpoint/mcp/ending';
import { handleResult } from '#src/main/endpoint/mcp/long-calls/handle-result';

const handle = 'h_AAAAAAAAAAAAAAAAAAAAAA';

test('a handle is structured content too, but of a tool that promises some of its own', () => {
  const plain = handleResult(7, { handle }, 55_000, null, false);
  expect(plain).toMatchObject({ id: 7, result: { structuredContent: { handle, running_seconds: 55 } } });
  const message = expect.stringContaining(`Call get_result with handle "${handle}"`);
  expect(plain, 'where a model reads structured content alone').toMatchObject({
    result: { content: [{ text: message }], structuredContent: { message } },
  });
  expect(plain.result).not.toHaveProperty('isError');
  const early = handleResult(7, { handle }, -9_000, null, false);
  expect(early.result).toMatchObject({ structuredContent: { running_seconds: 0 } });
  // Both SDKs refuse a result without structured content for such a tool, unless it is an error.
  const promised = handleResult(7, { handle }, 55_000, { progress: 3, total: 4 }, true);
  expect(promised.result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('3 of 4') }] });
  expect(promised.result).not.toHaveProperty('structuredContent');
});

test('a handle is no failure, however it is marked; an error of the tool is one', () => {
  const promised = handleResult(7, { handle }, 55_000, null, true);
  expect([isOk(promised), endingOf(promised).outcome]).toEqual([true, 'ok']);
  expect(isOk({ jsonrpc: '2.0', id: 7, result: { isError: true, content: [], _meta: {} } })).toBe(false);
});
