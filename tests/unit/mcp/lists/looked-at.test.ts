import { expect, test } from 'vitest';
import { LookedAt } from '#src/main/mcp/lists/looked-at';

test('a page is looked at again only when it is another one, and few are remembered', () => {
  const looked = new LookedAt();
  let looks = 0;
  const look = (place: string, text: string) =>
    looked.on(place, text, () => {
      looks += 1;
      return [{ kind: 'list', name: text, problem: '', done: '' }];
    });
  for (const text of ['a', 'a', 'b', 'b', 'a']) expect(look('p', text)[0]?.name).toBe(text);
  expect(looks).toBe(3);
  for (let at = 0; at < 300; at += 1) look(`p${at}`, 'a');
  looks = 0;
  look('p299', 'a');
  look('p0', 'a');
  expect(looks, 'the oldest is forgotten').toBe(1);
});
