import { expect, test } from 'vitest';
import { whyUnfit } from '#src/main/upstream/config/file/names';

test.each([
  ['shop-db', null],
  ['shop db', '"shop db" contains a space.'],
  ['shop_db', '"shop_db" contains “_”.'],
  ['caf\u00e9', '"café" contains “é”.'],
  ['a\u202eb', '"a\\u202eb" contains “\\u202e”.'],
  ['', 'The name is empty.'],
  ['1password', '"1password" does not start with a letter.'],
  ['a'.repeat(41), `"${'a'.repeat(40)}…" has more than 40 characters.`],
])('what keeps %j from being a name: %j', (name, why) => {
  expect(whyUnfit(name)).toBe(why);
});
