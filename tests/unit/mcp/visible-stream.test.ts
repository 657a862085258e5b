import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VisibleStream } from '#src/main/endpoint/mcp/stateless/visible-stream';

const isHidden = ({ params }: { params?: Record<string, unknown> | undefined }) => params?.uri === 'hidden';
const update = (uri: string) =>
  `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } })}`;
const seenOf = async (chunks: readonly Buffer[]) =>
  (await buffer(Readable.from(chunks).pipe(new VisibleStream(isHidden)))).toString();

/** The bytes in pieces, wherever they are cut. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text);
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('a stream without hidden events', () => {
  test('has every other byte, however it comes', async () => {
    const event = fc.oneof(
      fc.constantFrom(
        update('hidden'),
        update('seen'),
        ': ping',
        'data: grüße €',
        'data: {"id":1,"result":{}}',
        'id: 7',
      ),
      fc.string({ maxLength: 20 }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, ' ')}`),
    );
    const separator = fc.constantFrom('\n\n', '\r\n\r\n', '\r\r');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(event, separator), { maxLength: 12 }),
        fc.array(fc.nat(2_000), { maxLength: 12 }),
        fc.constantFrom('', 'data: the end is missing'),
        async (events, places, rest) => {
          const written = (some: typeof events) => some.map((parts) => parts.join('')).join('') + rest;
          const seen = events.filter(([text]) => text !== update('hidden'));
          expect(await seenOf(cut(written(events), places))).toBe(written(seen));
        },
      ),
    );
  });

  test('holds no long event back, and looks at the next one again', async () => {
    const long = `data: ${'x'.repeat(200_000)}\n\n`;
    const text = `${long}${update('hidden')}\n\n${long}${update('seen')}\n\n`;
    const chunks = cut(text, [10, 70_000, 150_000, 200_007, 200_008, 300_000]);
    expect(await seenOf(chunks)).toBe(`${long}${long}${update('seen')}\n\n`);
  });

  test('adds notifications between events only: after the first, never within one, the same once, and none at its end', async () => {
    const stream = new VisibleStream(isHidden);
    const seen = buffer(stream);
    const said = { jsonrpc: '2.0', method: 'notifications/tools/list_changed' } as const;
    const added = `event: message\ndata: ${JSON.stringify(said)}\n\n`;
    const [first, last] = [`${update('seen')}\n\n`, ': ping\n\n'];
    const long = `data: ${'x'.repeat(200_000)}`;
    const write = (text: string) => new Promise((resolve) => stream.write(text, resolve));
    stream.add(said);
    await write(first.slice(0, 20));
    stream.add(said);
    await write(first.slice(20));
    await write(long.slice(0, 150_000));
    stream.add(said);
    await write(`${long.slice(150_000)}\n\n`);
    stream.add(said);
    await write(last.slice(0, 3));
    stream.add(said);
    stream.end(last.slice(3));
    stream.add(said);
    expect((await seen).toString()).toBe(`${first}${added}${long}\n\n${added}${added}${added}${last}`);
  });
});
