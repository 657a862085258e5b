import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keepNumbers, parseExact, stringifyExact } from '#src/main/mcp/exact-json';
import { asMessage, asServerMessage, type JsonRpcRequest, type JsonRpcResponse } from '#src/main/mcp/json-rpc';
import { JsonScanner, MAX_NESTING } from '#src/main/mcp/json-scanner';
import { mayHold, textOf, valuesIn, withMember } from '#src/main/mcp/message-text';

const space = fc.constantFrom('', ' ', '\t', '  ', '\n');
const digits = fc.stringMatching(/^[0-9]{1,22}$/);
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.oneof(fc.constant('0'), fc.stringMatching(/^[1-9][0-9]{0,21}$/)),
    fc.oneof(
      fc.constant(''),
      digits.map((text) => `.${text}`),
    ),
    fc.oneof(fc.constant(''), fc.stringMatching(/^[eE][+-]?[0-9]{1,3}$/)),
  )
  .map((parts) => parts.join(''));
const text = fc.oneof(
  fc.string().map((value) => JSON.stringify(value)),
  fc.constantFrom('"\\u00e9\\/\\b"', '"\\\\"', '"é✓𝄞"', '"\\ud834\\udd1e"', '"resource"', '"\\u0072esource"', '"1.0"'),
);
const key = fc.oneof(text, fc.constantFrom('"a"', '"b"', '"1"', '"__proto__"', '"uri"', '"isError"', '"_meta"'));

/** JSON texts as no serializer of ours would write them: with space, escapes, double keys and numbers of any size. */
const { value: jsonText, object: objectText } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, number, text, fc.constantFrom('true', 'null'), tie('list'), tie('object')),
  list: fc
    .tuple(space, fc.array(tie('value'), { maxLength: 4 }))
    .map(([gap, items]) => `[${gap}${items.join(`${gap},`)}]`),
  object: fc
    .tuple(space, fc.array(fc.tuple(key, space, tie('value')), { maxLength: 5 }))
    .map(
      ([gap, all]) => `{${gap}${all.map(([name, colon, value]) => `${name}${colon}:${gap}${value}`).join(`,${gap}`)}}`,
    ),
}));

const isJson = (candidate: string): boolean => {
  try {
    JSON.parse(candidate);
    return true;
  } catch {
    return false;
  }
};
const scans = (candidate: string): boolean => {
  const scanner = new JsonScanner(candidate);
  const end = scanner.valueEnd(scanner.space(0));
  return end >= 0 && scanner.space(end) === candidate.length;
};
/** A copy in which numbers that JSON.stringify cannot write are texts. */
const finite = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, item) => (typeof item === 'number' && !Number.isFinite(item) ? `${item}` : item)),
  );
const inLine = (candidate: string) => candidate.replace(/[\r\n]/g, ' ');
const read = (candidate: string) => {
  const [message] = valuesIn(candidate).map(asMessage);
  if (!message) throw new Error(`not a message: ${candidate}`);
  return message;
};

describe('the scanner', () => {
  test('takes what JSON.parse takes, and nothing else', () => {
    fc.assert(
      fc.property(
        jsonText,
        fc.nat(),
        fc.constantFrom('', '"', ',', '}', '\\', '\u0001', '0', '.', ' ', 'e'),
        (json, at, put) => {
          expect(scans(json)).toBe(true);
          const place = at % (json.length + 1);
          const damaged = json.slice(0, place) + put + json.slice(place + 1);
          expect(scans(damaged), damaged).toBe(isJson(damaged));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('exact JSON', () => {
  test('is the same values as JSON.parse, and the same numbers when it is written again', () => {
    fc.assert(
      fc.property(jsonText, (json) => {
        const value = parseExact(json);
        const written = stringifyExact(value);
        expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(json)));
        expect(JSON.stringify(JSON.parse(written))).toBe(JSON.stringify(JSON.parse(json)));
        expect(stringifyExact(parseExact(written))).toBe(written);
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    '1.0',
    '1e400',
    '-0',
    '1917043659912705297',
    '0.10000000000000000001',
    '1E5',
    '-0.0',
    '100000000000000000000',
    '0.0000001',
  ])('keeps %s in copies, at any depth', (number) => {
    const value = parseExact(`{"a":${number},"list":[0,${number},{"deep":${number}}],"s":"${number}"}`) as object;
    const written = `{"a":${number},"list":[0,${number},{"deep":${number}}],"s":"${number}","more":1}`;
    expect(stringifyExact(keepNumbers(value, { ...value, more: 1 }))).toBe(written);
    expect(stringifyExact(keepNumbers(value, { ...value, a: 7 }))).not.toContain(`"a":${number}`);
  });

  test('takes the number of the last of several members with one key', () => {
    expect(stringifyExact(parseExact('{"a":{"x":1.0},"a":{"x":1}}'))).toBe('{"a":{"x":1}}');
    expect(stringifyExact(parseExact('{"a":1.0,"a":2}'))).toBe('{"a":2}');
  });
});

describe('a message', () => {
  const long = `"pad":"${'x'.repeat(20_000)}"`;

  test('leaves as it came but for its id', () => {
    fc.assert(
      fc.property(objectText, fc.boolean(), (json, isLong) => {
        const part = isLong ? `{${long}${json.replace(/^\{\s*/, '') === '}' ? '' : ','}${json.slice(1)}` : json;
        for (const [head, tail] of [
          ['"method":"tools/call","params":', ''],
          ['"result":', ''],
          ['"error":{"code":-1,"message":"m","data":', '}'],
        ]) {
          const message = read(`{"jsonrpc":"2.0","id":"c-1",${head}${part}${tail}}`);
          const sent = textOf(withMember(message, 'id', 7));
          expect(sent).toBe(`{"jsonrpc":"2.0","id":7,${head}${inLine(part)}${tail}}`);
          expect(textOf({ ...message, id: 7 })).toBe(sent);
        }
      }),
    );
  });

  test('that is changed in one place keeps the rest to the letter', () => {
    const params =
      '{ "name" : "x", "arguments": {"n": 1.0, "n": 2.0,"e":"\\u00e9"}, "_meta": { "progressToken" : 1e2, "k": -0 } }';
    const message = read(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`) as JsonRpcRequest & {
      params: { _meta: object };
    };
    const changed = {
      ...message,
      params: { ...message.params, _meta: { ...message.params._meta, progressToken: 'p' } },
    };
    expect(textOf(changed)).toContain(`"params":${params.replace('1e2', '"p"')}}`);
  });

  test('that is changed says what was meant, whatever the change', () => {
    fc.assert(
      fc.property(objectText, objectText, fc.array(key, { maxLength: 3 }), (json, other, names) => {
        const message = read(`{"jsonrpc":"2.0","id":1,"result":${json}}`) as JsonRpcResponse;
        const before = message.result as Record<string, unknown>;
        const added = parseExact(other) as Record<string, unknown>;
        const result: Record<string, unknown> = keepNumbers(added, { ...before, ...added, list: [before, added] });
        for (const name of names) delete result[JSON.parse(name)];
        const sent = JSON.parse(textOf({ ...message, result })) as { result: unknown };
        expect(finite(sent.result)).toEqual(finite(result));
      }),
    );
  });

  test('is not parsed further than somebody looks', () => {
    const message = read(`{"jsonrpc":"2.0","id":1,"result":{${long},"content":[{"type":"text"}]}}`);
    expect(mayHold(message, 'result', '"resource')).toBe(false);
    expect(mayHold(message, 'result', '"type"')).toBe(true);
    const looked = (message as JsonRpcResponse).result as { content: unknown };
    expect(looked.content).toEqual([{ type: 'text' }]);
    expect(mayHold(message, 'result', '"resource')).toBe(true);
  });

  test('may begin with a byte order mark, alone or in a list', () => {
    expect(valuesIn('\uFEFF{"jsonrpc":"2.0","method":"a"}').map(asMessage)).toMatchObject([{ method: 'a' }]);
    expect(valuesIn('\uFEFF [{"jsonrpc":"2.0","method":"a"}, 5]')).toMatchObject([{ method: 'a' }, 5]);
  });

  test('nested deeper than anybody could write it again is answered as malformed', () => {
    const deep = (depth: number) => `{"jsonrpc":"2.0","id":1,"result":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`;
    expect(valuesIn(deep(MAX_NESTING - 1)).map(asServerMessage)).toMatchObject([{ id: 1, result: {} }]);
    expect(valuesIn(deep(MAX_NESTING + 1)).map(asServerMessage)).toMatchObject([{ id: 1, error: {} }]);
  });
});
