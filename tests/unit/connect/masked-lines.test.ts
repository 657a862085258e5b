import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MaskedLines } from '#src/main/connect/masked-lines';

const masked = (...lines: string[]): string[] => {
  const masks = new MaskedLines();
  return lines.map((line) => masks.show('', `${line}\n`));
};
const TOKEN = 'ghp_0123456789abcdefghij';

describe('a line of a difference', () => {
  test.each([
    ['"API_KEY": "s"', '"API_KEY": "…"'],
    ["token = 's3'", "token = '…'"],
    [
      '"url": "https://me:pw@example.com/mcp?api_key=x1&a=b"',
      '"url": "https://me:•••@example.com/mcp?api_key=•••&a=b"',
    ],
    [`"args": ["-y", "${TOKEN}"]`, '"args": ["-y", "…"]'],
    ['"args": ["--api-key", "short", "--port", "80"]', '"args": ["--api-key", "…", "--port", "80"]'],
    ['"args": ["--token=short", "--port=80"]', '"args": ["--token=…", "--port=80"]'],
    [`"args": ["--header", "X-Some: ${TOKEN}"]`, '"args": ["--header", "X-Some: …"]'],
    ['"PGURL": "postgres://u:p@h/db"', '"PGURL": "postgres://u:•••@h/db"'],
    ['"command": "/usr/bin/node", "type": "http"', '"command": "/usr/bin/node", "type": "http"'],
    ['"Authorization": "Bearer hf_(a new key)"', '"Authorization": "Bearer hf_(a new key)"'],
  ])('%s', (line, shown) => {
    expect(masked(line)).toEqual([shown]);
  });

  test('hides the value of an option that stands on the line before', () => {
    expect(masked('  "--api-key",', '  "short",', '  "stays"')).toEqual(['  "--api-key",', '  "…",', '  "stays"']);
  });

  test('shows no key and no token, wherever it stands in a text of JSON', () => {
    const secret = fc.constantFrom(TOKEN, `hf_${'k1K'.repeat(14)}`, `hfa_${'k1K'.repeat(11)}`, `hfm_${'k'.repeat(32)}`);
    const shape = (one: string) =>
      fc.oneof(
        fc.string().map((name) => ({ [name]: one })),
        fc.string().map((name) => ({ mcpServers: { a: { args: [name, one], env: { [name]: one } } } })),
        fc.string().map((name) => ({ [`x${name}`]: { headers: { A: `Bearer ${one}` } } })),
      );
    fc.assert(
      fc.property(
        secret.chain((one) => fc.record({ one: fc.constant(one), value: shape(one), indent: fc.constantFrom(0, 2) })),
        ({ one, value, indent }) => {
          expect(masked(...JSON.stringify(value, null, indent).split('\n')).join('\n')).not.toContain(one);
        },
      ),
    );
  });
});
