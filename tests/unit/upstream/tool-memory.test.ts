import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineDifference } from '#src/main/upstream/tools/line-difference';
import { ToolMemory } from '#src/main/upstream/tools/tool-memory';
import type { KnownTool } from '#src/main/upstream/upstream-ports';
import type { NewEvent } from '#src/shared/contract/event';

function start(rows = new Map<string, KnownTool>()) {
  const events: NewEvent[] = [];
  const memory = new ToolMemory({
    repository: {
      all: () => [...rows.values()],
      save: (row) => void rows.set(`${row.server} ${row.tool}`, row),
      replace: (server, tools) => {
        for (const [key, row] of rows) if (row.server === server) rows.delete(key);
        for (const row of tools) rows.set(`${row.server} ${row.tool}`, row);
      },
    },
    clock: { now: () => 5 },
    log: { warn: () => {} },
    record: (some) => void events.push(...some),
  });
  return { memory, events, rows };
}

const tool = (name: string, more: object = {}) => ({ name, inputSchema: { type: 'object' }, ...more });

describe('what tools say of themselves', () => {
  test('changes silently until they are used', () => {
    const { memory, events } = start();
    memory.listed('a', [tool('t', { description: 'one' })]);
    memory.listed('a', [tool('t', { description: 'two' })]);
    memory.used('a', 't');
    memory.listed('a', [tool('t', { description: 'two' })]);
    expect([memory.count('a').changed, events.length]).toEqual([0, 0]);
    memory.listed('a', [tool('t', { description: 'three' })]);
    expect(memory.changes('a').changes[0]?.fields[0]).toMatchObject({ before: 'two', after: 'three' });
  });

  test('is compared by what it says, not by the order of keys, nor by icons', () => {
    const { memory } = start();
    memory.listed('a', [tool('t', { annotations: { a: 1, b: 2 } })]);
    memory.used('a', 't');
    memory.listed('a', [tool('t', { annotations: { b: 2, a: 1 }, icons: [{ src: 'x:y' }], _meta: { a: 1 } })]);
    expect(memory.count('a').changed).toBe(0);
    memory.listed('a', [tool('t', { annotations: { b: 2, a: 2 } })]);
    expect(memory.changes('a').changes[0]?.fields.map(({ field }) => field)).toEqual(['annotations']);
  });

  test('counts beyond what is kept of it', () => {
    const { memory } = start();
    const long = 'x'.repeat(20_000);
    memory.listed('a', [tool('t', { description: `${long}1` })]);
    memory.used('a', 't');
    memory.listed('a', [tool('t', { description: `${long}2` })]);
    const [change] = memory.changes('a').changes;
    expect(change?.fields[0]?.after?.length).toBe(8_000);
  });

  test('is unseen until somebody looks, and is looked at anew when it changes again', () => {
    const { memory } = start();
    memory.listed('a', [tool('t')]);
    memory.used('a', 't');
    memory.listed('a', [tool('t', { title: 'one' })]);
    expect(memory.count('a').unseen).toBe(1);
    memory.look('a');
    expect(memory.count('a')).toMatchObject({ changed: 1, unseen: 0 });
    memory.listed('a', [tool('t', { title: 'two' })]);
    expect(memory.count('a').unseen).toBe(1);
  });

  test('is bounded, and odd tools are passed over', () => {
    const { memory, rows } = start();
    memory.listed('a', [null, {}, { name: 7 }, tool(''), tool('n'.repeat(1_000))]);
    expect(rows.size).toBe(0);
    memory.listed(
      'a',
      Array.from({ length: 700 }, (_, at) => tool(`t${at}`)),
    );
    expect(rows.size).toBe(500);
  });

  test('what is held back or no longer is told, whoever listed it', () => {
    const { memory } = start();
    const told: string[] = [];
    memory.onHeld((server) => told.push(server));
    const says = (title: string) => memory.listed('a', [tool('t', { title }), tool('u', { title })]);
    says('one');
    memory.used('a', 't');
    says('two');
    says('one');
    expect(told, 'nothing is held back').toEqual([]);
    memory.hold(true);
    says('two');
    expect(told).toEqual(['a']);
    says('two');
    says('three');
    expect(told, 'held back as before').toEqual(['a']);
    says('one');
    expect(told).toEqual(['a', 'a']);
  });

  test('goes with a server to its new name, and back when that fails', () => {
    const { memory, rows } = start();
    memory.listed('a', [tool('admin')]);
    memory.listed('b', [tool('old')]);
    const before = new Map(rows);
    memory.rename('a', 'b').undo();
    expect(rows).toEqual(before);
    memory.rename('a', 'b').done();
    expect([...rows.keys()]).toEqual(['b admin']);
    expect(memory.lookAlike('аdmin')).toEqual({ server: 'b', tool: 'admin' });
    expect(memory.names).toBe(1);
  });

  test('a database that fails costs nothing but the memory', () => {
    const fails = () => {
      throw new Error('full');
    };
    const memory = new ToolMemory({
      repository: { all: fails, save: fails, replace: fails },
      clock: { now: () => 1 },
      log: { warn: () => {} },
      record: fails,
    });
    memory.listed('a', [tool('t')]);
    memory.used('a', 't');
    memory.listed('a', [tool('t', { title: 'x' })]);
    expect(memory.count('a').changed).toBe(1);
  });

  test('whatever is listed, used and restarted, what is shown as a change is one, and nothing else is held back', () => {
    const step = fc.oneof(
      fc.record({ what: fc.constant('list' as const), description: fc.constantFrom('x', 'y', 'z') }),
      fc.constantFrom({ what: 'use' as const }, { what: 'accept' as const }, { what: 'restart' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let { memory, rows } = start();
        memory.hold(true);
        let accepted: string | null = null;
        let now: string | null = null;
        let isUsed = false;
        for (const one of steps) {
          if (one.what === 'list') {
            memory.listed('a', [tool('t', { description: one.description })]);
            now = one.description;
            if (!isUsed || accepted === null) accepted = now;
          } else if (one.what === 'use') {
            memory.used('a', 't');
            isUsed ||= now !== null;
          } else if (one.what === 'accept') {
            memory.accept('a', null);
            accepted = now;
          } else {
            ({ memory } = start(rows));
            memory.hold(true);
          }
          const isChanged = now !== accepted;
          expect(memory.isHeld('a', 't')).toBe(isChanged);
          const fields = memory.changes('a').changes.flatMap((change) => change.fields);
          expect(fields.map(({ before, after }) => [before, after])).toEqual(isChanged ? [[accepted, now]] : []);
        }
      }),
    );
  });
});

describe('a difference', () => {
  test('leads from one text to the other', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = lineDifference(before, after);
        if (before === after) expect(lines).toEqual([]);
        else {
          const side = (mark: string) => lines.filter((line) => line.mark === mark).map((line) => line.text);
          const gone = before.split('\n').length - side('-').length;
          expect(gone + side('+').length).toBe(after.split('\n').length);
          for (const line of side('-')) expect(before.split('\n')).toContain(line);
          for (const line of side('+')) expect(after.split('\n')).toContain(line);
        }
      }),
    );
  });

  test('of long texts is both of them', () => {
    const long = Array.from({ length: 500 }, (_, at) => String(at)).join('\n');
    expect(lineDifference(long, 'x').length).toBe(501);
    expect(lineDifference(null, 'x')).toEqual([{ mark: '+', text: 'x' }]);
  });
});
