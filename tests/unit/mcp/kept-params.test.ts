import { expect, test } from 'vitest';
import { keptParams } from '#src/main/mcp/kept-params';

const usual = {
  protocolVersion: '2025-11-25',
  capabilities: { roots: { listChanged: true }, elicitation: {}, experimental: { mine: { a: 1 } } },
  clientInfo: { name: 'a client', title: 'A client', version: '1.0' },
  _meta: { x: 1 },
};

test('parameters of usual size are kept as they are', () => {
  expect(keptParams(usual)).toBe(usual);
});

test.each([
  ['a large _meta', { ...usual, _meta: { x: 'x'.repeat(60_000) } }, usual.capabilities],
  [
    'a large capability',
    { ...usual, capabilities: { roots: { listChanged: true, more: 'x'.repeat(60_000) }, elicitation: {} } },
    { roots: { listChanged: true }, elicitation: {} },
  ],
  [
    'a large icon',
    { ...usual, clientInfo: { ...usual.clientInfo, icons: [{ src: 'x'.repeat(60_000) }] } },
    usual.capabilities,
  ],
])('with %s, what servers need is left', (_, params, capabilities) => {
  const { protocolVersion, clientInfo } = usual;
  expect(keptParams(params)).toEqual({ protocolVersion, capabilities, clientInfo });
});

test('nothing makes the kept ones larger than 20 KiB', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`c${n}`, { text: 'x'.repeat(1_000) }]));
  const longName = { name: 'n'.repeat(60_000), version: 'v'.repeat(60_000) };
  const kept = keptParams({ ...usual, capabilities: many, clientInfo: longName });
  expect(JSON.stringify(kept).length).toBeLessThan(20 * 1024);
});
