import { specTypeSchemas as v2 } from '@modelcontextprotocol/client';
import * as v1 from '@modelcontextprotocol/sdk/types.js';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/sdk/validation/ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listedKind } from '#src/main/mcp/lists/item-rules';
import { type ListRemark, soundPage } from '#src/main/mcp/lists/sound-list';

type Json = Record<string, unknown>;

const described = {
  title: 'A title',
  description: 'What it is',
  icons: [{ src: 'https://example.com/i.png', mimeType: 'image/png', sizes: ['48x48'], theme: 'dark' }],
  _meta: { x: { y: [1] } },
};
const annotations = { audience: ['user', 'assistant'], priority: 0.5, lastModified: '2025-01-12T15:00:58Z' };
const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'x.v1',
  type: 'object',
  properties: { a: { type: 'string', pattern: '^a' }, b: { $ref: '#/definitions/b' }, c: { enum: [1, 2] } },
  required: ['a'],
  definitions: { b: { type: ['array', 'null'], items: { anyOf: [{ type: 'number', minimum: 0 }] } } },
  additionalProperties: false,
};

/** Each list with an item that has every field, and the schemas of both generations of the SDK. */
const LISTS = [
  {
    method: 'tools/list',
    key: 'tools',
    id: 'name',
    v1: v1.ListToolsResultSchema,
    v2: v2.ListToolsResult,
    item: {
      name: 'whole',
      ...described,
      inputSchema: schema,
      outputSchema: schema,
      annotations: {
        title: 'Hint',
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      },
      execution: { taskSupport: 'optional' },
    },
  },
  {
    method: 'prompts/list',
    key: 'prompts',
    id: 'name',
    v1: v1.ListPromptsResultSchema,
    v2: v2.ListPromptsResult,
    item: {
      name: 'whole',
      ...described,
      arguments: [{ name: 'who', title: 'Who', description: 'Whom to greet', required: true }, { name: 'how' }],
    },
  },
  {
    method: 'resources/list',
    key: 'resources',
    id: 'uri',
    v1: v1.ListResourcesResultSchema,
    v2: v2.ListResourcesResult,
    item: { uri: 'x:whole', name: 'whole', ...described, mimeType: 'text/plain', size: 5, annotations },
  },
  {
    method: 'resources/templates/list',
    key: 'resourceTemplates',
    id: 'uriTemplate',
    v1: v1.ListResourceTemplatesResultSchema,
    v2: v2.ListResourceTemplatesResult,
    item: { uriTemplate: 'x:{whole}', name: 'whole', ...described, mimeType: 'text/plain', annotations },
  },
] as const;

/** Anything that JSON can say, with the words that schemas use as keys and values. */
const damage = fc.oneof(
  fc.constantFrom<unknown>(null, [], {}, '', 'object', 0, -1, 2.5, true, [null], [[]], [{}], { type: null }),
  fc.constantFrom<unknown>({ $ref: '#/nowhere' }, { $ref: 'https://example.com/s' }, { type: 'thing' }, { enum: [] }),
  fc.jsonValue({ maxDepth: 4 }),
  fc.dictionary(
    fc.constantFrom('type', 'properties', 'required', 'items', 'anyOf', 'not', 'pattern', 'name', 'src', '__proto__'),
    fc.jsonValue({ maxDepth: 3 }),
    { maxKeys: 4 },
  ),
);

/** Every place in a value: the ways to its parts. */
function places(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [[key], ...places((value as Json)[key]).map((rest) => [key, ...rest])]);
}

/** A copy in which the part at this place is another one, or is missing. */
function broken(value: unknown, [key, ...rest]: (string | number)[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as Json) }) as Json;
  const part = broken(copy[key], rest, by);
  if (part === undefined) delete copy[key];
  else copy[key] = part;
  return Array.isArray(value) ? (copy as unknown as unknown[]).filter((one) => one !== undefined) : copy;
}

const page = (method: string, result: Json) => {
  const kind = listedKind(method);
  if (!kind) throw new Error(`${method} is no list`);
  return soundPage(kind, result, () => false);
};

/** What a client of either generation makes of a list; throws as it would. */
function taken(list: (typeof LISTS)[number], result: Json): Json[] {
  expect(list.v2['~standard'].validate(result)).not.toHaveProperty('issues');
  const items = (list.v1.parse(result) as Json)[list.key] as Json[];
  // The client of the first generation compiles every output schema when it lists.
  const validator = new AjvJsonSchemaValidator();
  for (const { outputSchema } of items) if (outputSchema !== undefined) validator.getValidator(outputSchema as never);
  return items;
}

describe.each(LISTS)('$method', (list) => {
  const { method, key, id } = list;
  const item: Json = list.item;
  const before = { ...item, [id]: 'before' };
  const after = { ...item, [id]: 'after' };
  const names = (items: readonly Json[]) => items.map((one) => one[id]);

  test('what passes is passed on as it is, without a remark', () => {
    const result = { [key]: [before, item, after], nextCursor: 'n', _meta: { x: null }, other: null };
    const sound = page(method, result);
    expect(sound.result).toBe(result);
    expect(sound.remarks).toEqual([]);
    expect(taken(list, sound.result)).toHaveLength(3);
  });

  test('with any part broken in any way, both generations take the list, and its neighbours are untouched', () => {
    const anyPlace = fc.constantFrom(...places(item));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyPlace, fc.option(damage, { nil: undefined })), { minLength: 1, maxLength: 3 }),
        (hits) => {
          const odd = hits.reduce<unknown>(
            (value, [place, by]) => (reaches(value, place) ? broken(value, place, by) : value),
            item,
          );
          const { result, remarks } = page(method, { [key]: [before, odd, after] });
          const items = taken(list, result);
          expect(names(items)).toEqual(expect.arrayContaining(['before', 'after']));
          const given = result[key] as Json[];
          expect([given[0], given.at(-1)]).toEqual([before, after]);
          // An item is left out last: it survives unless what names it is gone.
          const name = (odd as Json)[id];
          const isNamed = typeof name === 'string' && name !== '' && name !== 'before' && name !== 'after';
          if (isNamed) expect(names(items)).toContain(name);
          if (given[1] !== odd) expect(remarks.length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  test.each([null, 5, 'x', [], {}, { [id]: null }, { [id]: 7 }, { [id]: '' }])(
    '%j between others is left out',
    (odd) => {
      const { result, remarks } = page(method, { [key]: [before, odd, after] });
      expect(names(taken(list, result))).toEqual(['before', 'after']);
      expect(remarks).toEqual([expect.objectContaining({ done: 'Left out.' })]);
    },
  );

  test('of two items with one name, the first is listed', () => {
    const second = { ...item, title: 'Second' };
    const { result, remarks } = page(method, { [key]: [item, second, after] });
    expect((result[key] as Json[]).map(({ title }) => title)).toEqual(['A title', 'A title']);
    expect(remarks).toMatchObject([{ name: item[id], done: 'Left out.' }]);
  });

  test.each([null, {}, 'x', 7])('%j where the items belong is an empty list', (odd) => {
    const { result, remarks } = page(method, { [key]: odd, nextCursor: null, _meta: [] });
    expect(result).toEqual({ [key]: [] });
    expect(taken(list, result)).toEqual([]);
    expect(remarks.length).toBe(2);
  });

  test('with any field of the result broken, both generations take it', () => {
    fc.assert(
      fc.property(fc.constantFrom(key, 'nextCursor', '_meta'), damage, fc.boolean(), (field, by, isDeep) => {
        const value = isDeep ? { progressToken: by, 'io.modelcontextprotocol/related-task': by } : by;
        taken(list, page(method, { [key]: [item], [field]: value }).result);
      }),
      { numRuns: 300 },
    );
  });
});

/** Whether an earlier damage has left a way to this place. */
function reaches(value: unknown, place: (string | number)[]): boolean {
  const way = place.slice(0, -1).reduce<unknown>((at, key) => (at as Json | null | undefined)?.[key], value);
  return typeof way === 'object' && way !== null;
}

describe('tools', () => {
  const tool = (fields: Json): { tool: Json | undefined; remarks: readonly ListRemark[] } => {
    const { result, remarks } = page('tools/list', {
      tools: [{ name: 'x', inputSchema: { type: 'object' }, ...fields }],
    });
    return { tool: (result.tools as Json[])[0], remarks };
  };

  test('null counts as absent and is told with the field', () => {
    const { tool: listed, remarks } = tool({
      title: null,
      annotations: { readOnlyHint: null, idempotentHint: true },
      execution: { taskSupport: null },
    });
    expect(listed).toEqual({
      name: 'x',
      inputSchema: { type: 'object' },
      annotations: { idempotentHint: true },
      execution: {},
    });
    expect(remarks).toEqual([
      {
        kind: 'tool',
        name: 'x',
        problem: '"title" is null. "annotations.readOnlyHint" is null. "execution.taskSupport" is null.',
        done: 'These fields are left out.',
      },
    ]);
  });

  test.each<[string, unknown, unknown]>([
    ['none', undefined, { type: 'object' }],
    ['null', null, { type: 'object' }],
    ['an empty list', [], { type: 'object' }],
    ['no type', { properties: {} }, { type: 'object', properties: {} }],
    ['types', { type: ['object', 'null'] }, { type: 'object' }],
    ['an empty list of properties', { type: 'object', properties: [] }, { type: 'object' }],
    [
      'yes and no as schemas',
      { type: 'object', properties: { a: true, b: false, c: null } },
      { type: 'object', properties: { a: {}, b: { not: {} }, c: {} } },
    ],
    ['required of an older draft', { type: 'object', required: true }, { type: 'object' }],
    ['odd names', { type: 'object', required: ['a', 1] }, { type: 'object', required: ['a'] }],
    ['a union', { anyOf: [{ type: 'object' }] }, { type: 'object', anyOf: [{ type: 'object' }] }],
  ])('an input schema with %s is repaired without changing what it says', (_, inputSchema, repaired) => {
    const { tool: listed, remarks } = tool({ inputSchema });
    expect(listed).toEqual({ name: 'x', inputSchema: repaired });
    expect(remarks).toMatchObject([{ name: 'x', done: 'Put right.' }]);
  });

  test.each<[string, unknown]>([
    ['no type', { $id: 'x.v1', description: 'free' }],
    ['another type', { type: 'array', items: { type: 'string' } }],
    ['a reference to nowhere', { type: 'object', properties: { a: { $ref: '#/$defs/gone' } } }],
    ['a reference to elsewhere', { type: 'object', properties: { a: { $ref: 'https://example.com/a.json' } } }],
    ['a type that does not exist', { type: 'object', properties: { a: { type: 'float' } } }],
    ['a broken pattern', { type: 'object', properties: { a: { pattern: '(' } } }],
  ])('an output schema with %s is left out: a client that compiles it would lose the list', (_, outputSchema) => {
    const { tool: listed, remarks } = tool({ outputSchema });
    expect(listed).toEqual({ name: 'x', inputSchema: { type: 'object' } });
    expect(remarks).toMatchObject([{ name: 'x', done: 'This field is left out.' }]);
  });

  test('whatever an output schema says, the client of the first generation can compile what is left of it', () => {
    const client = new AjvJsonSchemaValidator();
    const words = 'id $id $anchor $dynamicAnchor $ref $async type nullable enum const maximum minLength uniqueItems'
      .concat(' pattern required properties patternProperties $defs dependencies items prefixItems')
      .concat(' additionalProperties contains if then anyOf oneOf not examples a')
      .split(' ');
    const { part } = fc.letrec((tie) => ({
      part: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom<unknown>(null, true, 0, 2.5, 'a', '#', '#/properties/a', 'object', '(', ['a'], [], {}, [
          'null',
        ]),
        fc.array(tie('part'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...words), tie('part'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...words), part, { maxKeys: 5 }), ({ $id: _, ...schema }) => {
        const { outputSchema } = tool({ outputSchema: { ...schema, type: 'object' } }).tool ?? {};
        if (outputSchema !== undefined) client.getValidator(outputSchema as never);
      }),
      { numRuns: 2_000 },
    );
  });
});
