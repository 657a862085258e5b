import { describe, expect, test } from 'vitest';
import { replacedResponses } from '#src/main/endpoint/mcp/stateless/sound-answer';
import type { JsonRpcResponse } from '#src/main/mcp/json-rpc';

const other = (response: JsonRpcResponse) => ({ ...response, result: { other: true } });
const same = (response: JsonRpcResponse) => response;
const REPLACED = '{"jsonrpc":"2.0","id":1,"result":{"other":true}}';

describe.each([
  ['JSON', false, '{ "jsonrpc":"2.0", "id":1, "result": {"n":1.0, "big":1917043659912705297} }'],
  ['a stream', true, 'id: 5\r\ndata: {"jsonrpc":"2.0","id":1,\r\ndata: "result":{"n":1.0}}\r\n\r\n: ping\n\n'],
  ['no message', false, '{"odd'],
  ['no message in a stream', true, 'data: {"odd\n\ndata\n\n'],
])('%s', (_, isStream, text) => {
  test('stays as it is, byte for byte, where nothing is replaced', () => {
    expect(replacedResponses(text, isStream, same)).toBe(text);
  });
});

test('responses are replaced where they stand, and nothing else', () => {
  const answer = '{"jsonrpc":"2.0","id":1,"result":{"n":1.0}}';
  const notification = 'data: {"jsonrpc":"2.0","method":"notifications/message"}';
  expect(replacedResponses(answer, false, other)).toBe(REPLACED);
  expect(replacedResponses(`${notification}\n\nid: 7\ndata: ${answer}\n\n`, true, other)).toBe(
    `${notification}\n\nid: 7\ndata: ${REPLACED}\n\n`,
  );
});
