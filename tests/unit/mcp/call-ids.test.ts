import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallIds } from '#src/main/mcp/call-ids';

test('no id is given twice, wherever runs are killed', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(25_000), { maxLength: 5 }), (runs) => {
      let stored: number | null = null;
      const given = new Set<number>();
      for (const calls of runs) {
        const write = (value: number) => {
          stored = value;
        };
        const ids = new CallIds({ read: () => stored, write }, () => {});
        for (let call = 0; call < calls; call += 1) given.add(ids.next());
      }
      expect(given.size).toBe(runs.reduce((sum, calls) => sum + calls, 0));
      for (const id of given) expect(id).toBeLessThan(2 ** 31);
    }),
    { numRuns: 10 },
  );
});

test('ids go on within the run when nothing can be written', () => {
  const problems: unknown[] = [];
  const write = () => {
    throw new Error('disk full');
  };
  const ids = new CallIds({ read: () => null, write }, (error) => problems.push(error));
  expect(new Set(Array.from({ length: 20_001 }, () => ids.next())).size).toBe(20_001);
  expect(problems).toHaveLength(3);
});
