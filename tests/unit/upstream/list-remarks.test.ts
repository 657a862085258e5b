import { expect, test } from 'vitest';
import type { ListRemark } from '#src/main/mcp/lists/sound-list';
import { ListRemarks } from '#src/main/upstream/list-remarks';

const remark = (name: string, kind: ListRemark['kind'] = 'tool') => ({ kind, name, problem: 'p', done: 'd' });
const named = (remarks: ListRemarks) =>
  remarks.view((text) => text.replace('hush', '•••')).shown.map(({ name }) => name);

test('20 remarks are shown and the rest is counted, those on whole lists first, each once, without secrets', () => {
  const remarks = new ListRemarks();
  const many = Array.from({ length: 60 }, (_, index) => remark(`t${index}`));
  remarks.put('tools/list', null, [remark('hush'), remark('hush'), ...many]);
  remarks.put('tools/list', 'p', [remark('tools', 'list')]);
  const { shown, more } = remarks.view((text) => text);
  expect([shown.length, more]).toEqual([20, 42]);
  expect(named(remarks).slice(0, 3)).toEqual(['tools', '•••', 't0']);
});

test('a page that is listed again replaces its remarks, and the first page those of the whole list', () => {
  const remarks = new ListRemarks();
  remarks.put('tools/list', null, [remark('a')]);
  remarks.put('tools/list', 'p', [remark('b')]);
  remarks.put('prompts/list', null, [remark('c')]);
  remarks.put('tools/list', 'p', [remark('d')]);
  expect(named(remarks)).toEqual(['a', 'd', 'c']);
  remarks.put('tools/list', null, []);
  expect(named(remarks)).toEqual(['c']);
});
