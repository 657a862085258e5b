import { expect, test } from 'vitest';
import { oneByteText } from '../../../scripts/package/one-byte-text.mjs';

/** What an expression is worth. */
const worthOf = (expression: string): unknown => new Function(`return ${expression}`)();

test.each([
  ['a string', "'für „dich“ … – 🎈'"],
  ['a template', '`two → “⌘”`'],
  ['a character that is escaped without need', "'\\…'"],
  ['a backslash before it', "'\\\\…'"],
  ['an escaped backslash and an escaped character', "'\\\\\\…'"],
  ['a set of a regular expression', "'a\\u200bb–c'.split(/[\\u200b–]/)"],
  ['a regular expression of whole characters', "'x🎈🎈y'.match(/🎈{2}/u)?.[0]"],
  ['names', '(() => { const ɑ = { ʼkey: 7 }; return ɑ.ʼkey; })()'],
])('%s is worth the same in one byte for each character', (_what, expression) => {
  const text = oneByteText(expression);
  expect(text).toMatch(/^[\0-\xff]*$/);
  expect(worthOf(text)).toEqual(worthOf(expression));
});

test('what is of Latin-1 stays as it is', () => {
  const code = "const größe = '\\u2026 ÄÖÜ ß × \\\\';";
  expect(oneByteText(code)).toBe(code);
});
