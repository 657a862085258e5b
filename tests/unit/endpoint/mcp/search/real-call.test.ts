import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { realCall } from '#src/main/endpoint/mcp/search/real-call';
import { parseExact } from '#src/main/mcp/exact-json';
import type { JsonRpcRequest } from '#src/main/mcp/json-rpc';
import { partText, textOf, valuesIn } from '#src/main/mcp/message-text';
import { ALL_SHOWN, VisibilityIndex } from '#src/shared/model/visibility';

/** `c_1` finds tools by search. */
const services = { visibility: { index: new VisibilityIndex({ ...ALL_SHOWN, searching: ['c_1'] }) } } as never;
const real = (text: string, client = 'c_1', address: string | null = null): string =>
  textOf(realCall(valuesIn(text)[0] as JsonRpcRequest, client, address, services));
const wrapped = (params: string, rest = '') =>
  `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"call_tool","arguments":${params}${rest}}}`;

describe('a call_tool', () => {
  test('is the call that it names, with its own meta and to the last digit', () => {
    const args = '{"a":1.0,"b":12345678901234567890,"name":"x","c":[-0,{"d":1e400}]}';
    const call = real(wrapped(`{"name":"one__count","arguments":${args}}`, ',"_meta":{"progressToken":5.0}'));
    const params = JSON.parse(call).params;
    expect(params).toMatchObject({ name: 'one__count', _meta: { progressToken: 5 } });
    for (const text of ['"a":1.0', '"b":12345678901234567890', '[-0,{"d":1e400}]', '"progressToken":5.0']) {
      expect(call).toContain(text);
    }
    expect(params.arguments.name, 'an argument of that name').toBe('x');
  });

  test('takes arguments that were written as text, and none', () => {
    const argumentsOf = (params: string) => JSON.parse(real(wrapped(params))).params.arguments;
    expect(argumentsOf('{"name":"one__count","arguments":"{\\"a\\":1}"}')).toEqual({ a: 1 });
    for (const none of ['', ',"arguments":null', ',"arguments":""']) {
      expect(argumentsOf(`{"name":"one__count"${none}}`)).toBeUndefined();
    }
  });

  test.each([
    ['without a name', wrapped('{}')],
    ['with a name that is none', wrapped('{"name":1}')],
    ['with arguments that are none', wrapped('{"name":"one__count","arguments":[1]}')],
    ['with text that is no JSON', wrapped('{"name":"one__count","arguments":"{"}')],
    ['without anything', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"call_tool"}}'],
    [
      'that is another tool',
      '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"a__call_tool","arguments":{"name":"b"}}}',
    ],
    [
      'that is another method',
      '{"jsonrpc":"2.0","id":7,"method":"prompts/get","params":{"name":"call_tool","arguments":{"name":"b"}}}',
    ],
  ])('stays as it is %s', (_, text) => {
    expect(real(text)).toBe(text);
  });

  test('stays as it is for clients and at addresses without a search', () => {
    const text = wrapped('{"name":"one__count"}');
    expect(real(text, 'c_2')).toBe(text);
    expect(real(text, 'c_1', 'one')).toBe(text);
    expect(real(text, 'c_1', 'set/work')).toBe(text);
  });

  test('hands on whatever arguments there are, short and long', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (args, isLong) => {
        const given = JSON.stringify(isLong ? { ...args, long: 'x'.repeat(20_000) } : args);
        const [value] = valuesIn(wrapped(`{"name":"one__count","arguments":${given}}`));
        const call = realCall(value as JsonRpcRequest, 'c_1', null, services);
        expect(call.params).toEqual({ name: 'one__count', arguments: parseExact(given) });
        expect(JSON.parse(partText(call, 'params') ?? '')).toEqual({
          name: 'one__count',
          arguments: JSON.parse(given),
        });
      }),
    );
  });
});
