import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { accepts, acceptsBoth } from '#src/main/endpoint/mcp/http';
import { eventId, parseEventId } from '#src/main/endpoint/mcp/streams/sse-stream';
import { asMessage, isNotification, isRequest, isResponse } from '#src/main/mcp/json-rpc';
import { textOf, valuesIn } from '#src/main/mcp/message-text';
import { hasServableVersion, isStatelessEra, negotiate } from '#src/main/mcp/protocol-versions';

const withHeaders = (headers: Record<string, string>) => ({ headers }) as unknown as IncomingMessage;

describe('asMessage', () => {
  const base = { jsonrpc: '2.0' };
  test.each([
    ['request', { ...base, id: 1, method: 'a' }, 'request'],
    ['request with an empty id', { ...base, id: '', method: 'a', params: {} }, 'request'],
    ['notification', { ...base, method: 'a' }, 'notification'],
    ['result', { ...base, id: 'x', result: {} }, 'response'],
    ['error', { ...base, id: 0, error: { code: -1, message: 'no' } }, 'response'],
  ])('takes a %s', (_, value, kind) => {
    const message = asMessage(value);
    if (!message) throw new Error('refused');
    const kinds = { request: isRequest(message), notification: isNotification(message), response: isResponse(message) };
    expect(Object.entries(kinds).filter(([, is]) => is)).toEqual([[kind, true]]);
  });

  test.each([
    ['nothing', undefined],
    ['text', 'x'],
    ['an array', [{ ...base, method: 'a' }]],
    ['no version', { id: 1, method: 'a' }],
    ['a method that is no text', { ...base, id: 1, method: 5 }],
    ['an id that is null', { ...base, id: null, method: 'a' }],
    ['an id too large to be exact', { ...base, id: 2 ** 60, method: 'a' }],
    ['params that are a list', { ...base, id: 1, method: 'a', params: [1] }],
    ['a result and an error', { ...base, id: 1, result: {}, error: { code: -1, message: 'no' } }],
    ['a method and a result', { ...base, id: 1, method: 'a', result: {} }],
    ['neither', { ...base, id: 1 }],
    ['a result without an id', { ...base, result: {} }],
    ['a result that is text', { ...base, id: 1, result: 'x' }],
    ['an error without a code', { ...base, id: 1, error: { message: 'x' } }],
  ])('refuses %s', (_, value) => {
    expect(asMessage(value)).toBeNull();
  });
});

describe('what some serializers write for nothing', () => {
  const base = { jsonrpc: '2.0' };
  test.each([
    [
      { ...base, id: 1, method: 'a', params: null },
      { ...base, id: 1, method: 'a' },
    ],
    [
      { ...base, method: 'a', params: [] },
      { ...base, method: 'a' },
    ],
    [
      { ...base, id: null, method: 'notifications/a' },
      { ...base, method: 'notifications/a' },
    ],
    [
      { ...base, id: 1, method: 'a', params: {}, result: null, error: null },
      { ...base, id: 1, method: 'a', params: {} },
    ],
    [
      { ...base, id: 1, result: { a: 1 }, error: null },
      { ...base, id: 1, result: { a: 1 } },
    ],
    [
      { ...base, id: 1, method: null, params: null, result: {}, error: [] },
      { ...base, id: 1, result: {} },
    ],
    [
      { ...base, id: 1, result: [] },
      { ...base, id: 1, result: {} },
    ],
    [
      { ...base, id: 1, result: null },
      { ...base, id: 1, result: {} },
    ],
    [
      { ...base, id: 1, result: null, error: { code: -1, message: 'no' } },
      { ...base, id: 1, error: { code: -1, message: 'no' } },
    ],
  ])('is taken for nothing: %j', (value, expected) => {
    expect(asMessage(value)).toEqual(expected);
    const [read] = valuesIn(JSON.stringify(value)).map(asMessage);
    expect(read && JSON.parse(textOf(read))).toEqual(expected);
  });
});

describe('Accept', () => {
  test.each([
    ['application/json, text/event-stream', true],
    ['TEXT/Event-Stream;charset=utf-8, Application/JSON', true],
    ['*/*', true],
    ['application/*, text/*;q=0.1', true],
    ['application/json', false],
    ['text/event-stream, */*;q=0', false],
    ['application/json;q=0, */*', false],
    ['text/html, application/xhtml+xml', false],
    ['application/json;q=nonsense, text/event-stream', false],
    ['', false],
  ])('"%s" allows both forms: %s', (accept, expected) => {
    expect(acceptsBoth(withHeaders({ accept }))).toBe(expected);
  });

  test('left out allows everything', () => {
    expect(accepts(withHeaders({}), 'text/event-stream')).toBe(true);
  });
});

describe('versions', () => {
  test.each([
    ['2025-06-18', '2025-06-18'],
    ['2024-11-05', '2024-11-05'],
    ['2024-10-07', '2025-11-25'],
    ['2026-07-28', '2025-11-25'],
    ['', '2025-11-25'],
  ])('asked for "%s", we go on with %s', (asked, expected) => {
    expect(negotiate(asked)).toBe(expected);
  });

  test.each([
    [{}, true],
    [{ 'mcp-protocol-version': '2025-03-26' }, true],
    [{ 'mcp-protocol-version': '2025-03-26, 2025-03-26' }, false],
    [{ 'mcp-protocol-version': '2026-07-28' }, false],
  ])('header %j is servable: %s', (headers, expected) => {
    expect(hasServableVersion(withHeaders(headers as Record<string, string>))).toBe(expected);
  });

  const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  test.each([
    ['server/discover', {}, { method: 'server/discover' }, true],
    ['an envelope', {}, { method: 'tools/list', params: { _meta: meta } }, true],
    ['the header', { 'mcp-protocol-version': '2026-07-28' }, { method: 'tools/list' }, true],
    ['an older header', { 'mcp-protocol-version': '2025-11-25' }, { method: 'tools/list' }, false],
    ['other _meta', {}, { method: 'tools/list', params: { _meta: { progressToken: 1 } } }, false],
    ['an array', {}, [], false],
  ])('%s means the stateless era: %s', (_, headers, body, expected) => {
    expect(isStatelessEra(withHeaders(headers as Record<string, string>), body)).toBe(expected);
  });
});

describe('event ids', () => {
  test('come back as they were made', () => {
    expect(parseEventId(eventId('abcDEF-_01234567', 12))).toEqual({ streamId: 'abcDEF-_01234567', index: 12 });
  });

  test.each([
    '',
    'abc.1',
    'abcDEF-_01234567',
    'abcDEF-_01234567.',
    'abcDEF-_01234567.-1',
    'abcDEF-_01234567.1e3',
    'abcDEF-_0123456%.1',
    'abcDEF-_01234567.1\n',
  ])('%j is none of ours', (text) => {
    expect(parseEventId(text)).toBeNull();
  });
});
