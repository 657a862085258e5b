import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookingForTasks } from '#src/main/endpoint/mcp/tasks/new-tasks';
import { begunBy } from '#src/main/endpoint/mcp/tasks/task-messages';

/** The texts that were looked at, and what had passed when each was. */
async function passed(isStream: boolean, chunks: readonly Uint8Array[]) {
  const looked: string[] = [];
  const out: Buffer[] = [];
  let wasEarly = false;
  const look = lookingForTasks(isStream, (text) => {
    looked.push(text);
    if (text.length > 0 && Buffer.concat(out).includes(text)) wasEarly = true;
  });
  look.on('data', (chunk: Buffer) => void out.push(chunk));
  await pipeline(chunks, look);
  return { looked, text: Buffer.concat(out).toString(), wasEarly };
}

/** The text in pieces, cut at these bytes. */
function cut(text: string, places: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const places = fc.array(fc.nat(), { maxLength: 12 });
const events = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 8 });

describe('an answer that may begin a task', () => {
  test('as a stream passes to the byte, each event looked at before it passes', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.constantFrom('\n', '\r\n'), places, async (texts, line, at) => {
        const sent = texts.map((text, n) => `id: ${n}${line}data: ${JSON.stringify(text)}${line}${line}`);
        const { looked, text, wasEarly } = await passed(true, cut(sent.join(''), at));
        expect(text).toBe(sent.join(''));
        expect(looked).toEqual(sent);
        expect(wasEarly).toBe(false);
      }),
    );
  });

  test('as JSON is looked at once, whole', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1 }), places, async (text, at) => {
        expect(await passed(false, cut(text, at))).toEqual({ looked: [text], text, wasEarly: false });
      }),
    );
  });

  test('is not held when it is too long, and the next event is looked at again', async () => {
    const long = `data: ${'x'.repeat(200_000)}\n\n`;
    const places = Array.from({ length: 20 }, (_, n) => n * 9_999);
    const { looked, text } = await passed(true, cut(`${long}data: short\n\n`, places));
    expect(text).toBe(`${long}data: short\n\n`);
    expect(looked).toEqual(['data: short\n\n']);
    expect((await passed(false, cut(long, places))).looked).toEqual([]);
  });
});

test.each([
  [{ task: { taskId: 'a', status: 'working' } }, 'a'],
  [{ resultType: 'task', taskId: 'a', status: 'working' }, 'a'],
  [{ resultType: 'complete', taskId: 'a', content: [] }, null],
  [{ content: [{ type: 'text', text: '"taskId"' }] }, null],
  [{ task: { taskId: 7 } }, null],
])('%j begins the task %s', (result, taskId) => {
  expect(begunBy({ jsonrpc: '2.0', id: 1, result })).toBe(taskId);
});
