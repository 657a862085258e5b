import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  insertEntry,
  orEmptyFile,
  removeEntry,
  renameEntry,
  setFields,
} from '#src/main/upstream/config/file/edit-text';
import { parseFile } from '#src/main/upstream/config/file/file-text';
import { proposeName } from '#src/main/upstream/config/file/names';
import { serverNameSchema } from '#src/shared/contract/server';

const MINE = `{
    // what I use every day
    "mcpServers": {
        "files": {
            "command": "npx", // the runner
            "args": ["-y", "files"],
            "note": "mine"
        },
        /* the web */
        "web": { "url": "https://example.com/mcp" },
    },
    "theme": "dark"
}
`;
const entriesOf = (text: string) => {
  const parsed = parseFile(text, 'f');
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.file.entries;
};

describe('an edit of the file', () => {
  test('touches only what it changes', () => {
    const edited = setFields(MINE, 'files', [
      [['policy'], 'lazy'],
      [['disabled'], undefined],
    ]);
    expect(edited).toBe(MINE.replace('"note": "mine"', '"note": "mine",\n            "policy": "lazy"'));
    expect(setFields(edited, 'files', [[['policy'], undefined]])).toBe(MINE);
  });

  test('changes a value in its place and keeps the comment behind it', () => {
    expect(setFields(MINE, 'files', [[['command'], 'node']])).toBe(MINE.replace('"npx"', '"node"'));
  });

  test('adds an entry behind the last one, and its comment stays where it was', () => {
    const text = MINE.replace('mcp" },', 'mcp" }, // open');
    const added =
      '\n        "new": {\n            "command": "x",\n            "args": [\n                "y"\n            ]\n        },';
    expect(setFields(text, 'new', [[[], { command: 'x', args: ['y'] }]])).toBe(
      text.replace('// open', `// open${added}`),
    );
    const bare = text.replace('}, // open', '} // open');
    const expected = bare.replace('} // open', `}, // open${added.slice(0, -1)}`);
    expect(setFields(bare, 'new', [[[], { command: 'x', args: ['y'] }]])).toBe(expected);
  });

  test('stays on the line where all is on one', () => {
    expect(setFields(MINE, 'web', [[['headers', 'A'], '1']])).toBe(
      MINE.replace('mcp" }', 'mcp", "headers": {"A":"1"} }'),
    );
    expect(setFields('{"mcpServers":{"a":{"command":"x"}}}', 'b', [[[], { command: 'y' }]])).toBe(
      '{"mcpServers":{"a":{"command":"x"}, "b": {"command":"y"}}}',
    );
    expect(insertEntry('{"mcpServers":{"a":{"command":"x",}}}', 'b', '{"url":"z"}', 0)).toBe(
      '{"mcpServers":{"b": {"url":"z"}, "a":{"command":"x",}}}',
    );
  });

  test('gives an entry another name in its place', () => {
    expect(renameEntry(MINE, 'files', 'docs')).toBe(MINE.replace('"files": {', '"docs": {'));
  });

  test('puts a removed entry back with its comments, where it was', () => {
    const [files] = entriesOf(MINE);
    const without = removeEntry(MINE, 'files');
    expect(entriesOf(without).map(({ name }) => name)).toEqual(['web']);
    expect(without).toContain('// what I use every day');
    const restored = insertEntry(without, 'files', files?.text ?? '', 0);
    expect(entriesOf(restored).map(({ name, text }) => [name, text])).toEqual(
      entriesOf(MINE).map(({ name, text }) => [name, text]),
    );
    expect(restored).toContain('// the runner');
  });

  test('keeps the line breaks of Windows and the tabs of their friends', () => {
    const text = '{\r\n\t"mcpServers": {\r\n\t\t"a": {\r\n\t\t\t"command": "x"\r\n\t\t}\r\n\t}\r\n}\r\n';
    const edited = setFields(text, 'a', [[['cwd'], '/tmp']]);
    expect(edited).toBe(text.replace('"x"', '"x",\r\n\t\t\t"cwd": "/tmp"'));
  });

  test('begins a file where there is none', () => {
    const text = setFields(orEmptyFile(null), 'a', [[[], { command: 'x', args: ['y'] }]]);
    expect(text.endsWith('\n')).toBe(true);
    expect(JSON.parse(text)).toEqual({ mcpServers: { a: { command: 'x', args: ['y'] } } });
    expect(setFields(orEmptyFile('{}'), 'a', [[[], { command: 'x' }]])).toContain('"mcpServers"');
  });

  test('round trip: whatever is set, renamed and removed is what is read afterwards', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .map((text) => proposeName(text, new Set()));
    const text = fc.string({ maxLength: 20, unit: 'grapheme' });
    const entry = fc.record(
      { command: text.filter((it) => it.trim() !== ''), args: fc.array(text, { maxLength: 3 }), note: fc.jsonValue() },
      { requiredKeys: ['command'] },
    );
    const step = fc.record({ name, entry, action: fc.constantFrom('set', 'field', 'rename', 'remove', 'insert') });
    fc.assert(
      fc.property(fc.constantFrom(MINE, orEmptyFile(null), '{}'), fc.array(step, { maxLength: 8 }), (start, steps) => {
        let now = start;
        const model = new Map<string, Record<string, unknown>>(
          entriesOf(start).map((it) => [it.name, it.value as Record<string, unknown>]),
        );
        for (const { name: wanted, entry: value, action } of steps) {
          const [first] = model.keys();
          if (action === 'set' || (action === 'field' && !first)) {
            now = setFields(now, wanted, [[[], value]]);
            model.set(wanted, value);
          } else if (action === 'insert' && !model.has(wanted)) {
            now = insertEntry(now, wanted, JSON.stringify(value, null, 1), 0);
            model.set(wanted, value);
          } else if (first && action === 'field') {
            now = setFields(now, first, [
              [['env', 'A'], value.command],
              [['gone'], undefined],
            ]);
            const old = model.get(first) ?? {};
            model.set(first, { ...old, env: { ...(old.env as object | undefined), A: value.command } });
          } else if (first && action === 'rename' && !model.has(wanted)) {
            now = renameEntry(now, first, wanted);
            model.set(wanted, model.get(first) ?? {});
            model.delete(first);
          } else if (first && action === 'remove') {
            now = removeEntry(now, first);
            model.delete(first);
          }
        }
        const read = Object.fromEntries(entriesOf(now).map((it) => [it.name, it.value]));
        expect(read).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(model))));
        if (start === MINE) expect(now).toContain('// what I use every day');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a proposed name', () => {
  test('is always a free and allowed one', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 60, unit: 'grapheme' }), { maxLength: 12 }), (wishes) => {
        const taken = new Set<string>();
        for (const wish of wishes) {
          const name = proposeName(wish, taken, 'cursor');
          expect(serverNameSchema.safeParse(name).success && !taken.has(name), `${wish} -> ${name}`).toBe(true);
          taken.add(name);
        }
      }),
    );
  });

  test('leaves a name that fits as it is', () => {
    expect(proposeName('GitHub-2', new Set())).toBe('GitHub-2');
    expect(proposeName('github', new Set(['github']), 'cursor')).toBe('github-cursor');
    expect(proposeName('github', new Set(['github', 'github-cursor']), 'cursor')).toBe('github-2');
  });
});
