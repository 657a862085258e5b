import { specTypeSchemas as v2 } from '@modelcontextprotocol/client';
import { InitializeResultSchema } from '@modelcontextprotocol/sdk/types.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { soundIntroduction } from '#src/main/mcp/sound-introduction';

const WHOLE = {
  protocolVersion: '2025-11-25',
  capabilities: {
    experimental: { x: { y: 1 } },
    extensions: { 'io.modelcontextprotocol/ui': {} },
    logging: {},
    completions: {},
    tools: { listChanged: true },
    prompts: { listChanged: false },
    resources: { listChanged: true, subscribe: true },
    tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
  },
  serverInfo: { name: 'n', version: '1', title: 't', websiteUrl: 'https://example.com', icons: [{ src: 'x:y' }] },
  instructions: 'i',
  _meta: { x: null },
};

test('what passes stays the same', () => {
  expect(soundIntroduction(WHOLE)).toBe(WHOLE);
});

test('null, empty lists and flags where objects belong', () => {
  const capabilities = { tools: [], resources: true, prompts: null, logging: false, experimental: [] };
  const serverInfo = { name: 'n', version: null, title: null };
  expect(soundIntroduction({ protocolVersion: 'x', capabilities, serverInfo, instructions: null, _meta: [] })).toEqual({
    protocolVersion: 'x',
    capabilities: { tools: {}, resources: {}, experimental: {} },
    serverInfo: { name: 'n', version: '' },
  });
  expect(
    soundIntroduction({ protocolVersion: 'x', capabilities: [], serverInfo: { name: 'n', version: 1.5 } }),
  ).toEqual({
    protocolVersion: 'x',
    capabilities: {},
    serverInfo: { name: 'n', version: '1.5' },
  });
});

test('with any part broken in any way, both generations of the SDK take it', () => {
  const damage = fc.oneof(fc.constantFrom(null, [], {}, true, false, 0, '', [null], { x: null }), fc.jsonValue());
  const broken = (value: object, [key, ...rest]: readonly string[], by: unknown): object => {
    const part = (value as Record<string, unknown>)[key ?? ''];
    return { ...value, [key ?? '']: rest.length === 0 ? by : broken(part as object, rest, by) };
  };
  const places = (value: object): string[][] =>
    Object.entries(value).flatMap(([key, part]) => [
      [key],
      ...(typeof part === 'object' && part !== null && !Array.isArray(part) ? places(part) : []).map((rest) => [
        key,
        ...rest,
      ]),
    ]);
  const optional = places(WHOLE).filter(
    (place) => !['protocolVersion', 'capabilities', 'serverInfo'].includes(place.join()),
  );
  fc.assert(
    fc.property(fc.constantFrom(...optional), damage, (place, by) => {
      const sound = soundIntroduction(broken(WHOLE, place, by));
      InitializeResultSchema.parse(sound);
      expect(v2.InitializeResult['~standard'].validate(sound)).not.toHaveProperty('issues');
    }),
    { numRuns: 1_000 },
  );
});
