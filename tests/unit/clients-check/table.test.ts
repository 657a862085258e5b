import { expect, test } from 'vitest';
import { clientsTables, putTogether, readNotes } from '../../../scripts/clients/table.mjs';

test('notes of one version are put together, the later before the earlier, and those of another are left', () => {
  const seen = putTogether([
    { id: 'one', version: '1', day: '2026-01-01', undo: 'byte for byte' },
    { id: 'one', version: '2', day: '2026-01-02', key: 'in its file', hang_set: '9 s' },
    { id: 'a', version: '1', day: '2026-01-01' },
    { id: 'one', version: '2', day: '2026-01-03', hang_set: '8 s' },
  ]);
  expect(seen).toEqual([
    { id: 'a', version: '1', day: '2026-01-01' },
    { id: 'one', version: '2', day: '2026-01-03', key: 'in its file', hang_set: '8 s' },
  ]);
  const tables = clientsTables(seen);
  expect(tables).toContain('| one | 2 | 2026-01-03 | – | in its file | – |\n');
  expect(tables).toContain('| one | – | – | – | 8 s | – |\n');
});

test('a line of which only the beginning was written is left out', () => {
  expect(readNotes('{"id":"one","version":"1"}\n{"id":"two","ver\nnull\n{"id":"three"}\n')).toEqual([
    { id: 'one', version: '1' },
    { id: 'three' },
  ]);
});
