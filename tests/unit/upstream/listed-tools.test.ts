import { describe, expect, test } from 'vitest';
import { listedTools } from '#src/main/upstream/listed-tools';
import { MOST_TOOLS } from '#src/shared/contract/server';

const page = (method: string, cursor: string | undefined, result: object) => [
  JSON.stringify([method, cursor]),
  JSON.stringify(result),
];
const lists = (...pages: string[][]) => ({
  server: 'one',
  fingerprint: 'f',
  is_complete: true,
  learned_at: 7,
  heard_at: 8,
  introduction: null,
  pages: JSON.stringify(pages),
});
const UNKNOWN = { tools: [], more: 0, changed_at: null };

describe('the tools that a server listed last', () => {
  test('are those of all its pages, each once, in its order, with one line on each', () => {
    const stored = lists(
      page('tools/list', undefined, {
        tools: [
          { name: 'b', description: '\n  Reads a file.\nMore about it.' },
          { name: 'a', description: 7 },
        ],
        nextCursor: 'x',
      }),
      page('prompts/list', undefined, { prompts: [{ name: 'no' }] }),
      page('tools/list', 'x', { tools: [{ name: 'a' }, { name: 'c', description: ' ' }, { title: 'nameless' }, null] }),
    );
    expect(listedTools(stored, true)).toEqual({
      tools: [
        { name: 'b', description: 'Reads a file.' },
        { name: 'a', description: null },
        { name: 'c', description: null },
      ],
      more: 0,
      changed_at: 7,
    });
  });

  test('are none while its entry is broken', () => {
    const stored = lists(page('tools/list', undefined, { tools: [{ name: 'a' }] }));
    expect(listedTools(stored, false)).toEqual(UNKNOWN);
    expect(listedTools(null, true)).toEqual(UNKNOWN);
  });

  test('are not known from other lists, and none if it listed none', () => {
    expect(listedTools(lists(page('prompts/list', undefined, { prompts: [] })), true)).toEqual(UNKNOWN);
    expect(listedTools(lists(page('tools/list', undefined, { tools: [] })), true)).toEqual({
      ...UNKNOWN,
      changed_at: 7,
    });
    expect(listedTools(lists(page('tools/list', undefined, { tools: 'many' })), true).changed_at).toBe(7);
  });

  test('are bounded in number and length', () => {
    const tools = Array.from({ length: MOST_TOOLS + 100 }, (_, index) => ({
      name: `t${index}${'n'.repeat(1_000)}`,
      description: 'd'.repeat(10_000),
    }));
    const listed = listedTools(lists(page('tools/list', undefined, { tools })), true);
    expect([listed.tools.length, listed.more]).toEqual([MOST_TOOLS, 100]);
    expect(Math.max(...listed.tools.map(({ name, description }) => name.length + (description?.length ?? 0)))).toBe(
      500,
    );
  });
});
