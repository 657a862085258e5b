import { expect, test } from 'vitest';
import { decodeText } from '#src/main/config-text/decode';

const TEXT = '{"mcpServers": {"é": {"command": "ü 𝄞 \uFFFD"}}}';
const le = (text: string) => Buffer.from(text, 'utf16le');
const be = (text: string) => le(text).swap16();

test.each([
  ['UTF-8', Buffer.from(TEXT)],
  ['UTF-8 with a mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['UTF-16 LE with a mark', le(`\uFEFF${TEXT}`)],
  ['UTF-16 BE with a mark', be(`\uFEFF${TEXT}`)],
  ['UTF-16 LE without one', le(TEXT)],
  ['UTF-16 BE without one', be(TEXT)],
])('reads %s', (_encoding, bytes) => {
  expect(decodeText(bytes)).toBe(TEXT);
});

test('reads an empty file', () => {
  expect(decodeText(Buffer.alloc(0))).toBe('');
});

test('names the line of what is in another encoding', () => {
  const bytes = Buffer.from('{\n"mcpServers": {"caf\u00e9": {}}}', 'latin1');
  expect(() => decodeText(bytes)).toThrow('the file is not UTF-8 text (line 2). Save it as UTF-8.');
});
