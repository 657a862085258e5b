import { describe, expect } from 'vitest';
import { counter } from '#tests/support/servers/configs';
import { HttpCounter } from '#tests/support/servers/http-counter';
import { type TestChannel, upstreamTest as test } from './support';

const SESSION = `s_${'a'.repeat(22)}`;
const OTHER = `s_${'b'.repeat(22)}`;
const NOTE =
  /^\[Holdfast\] At \d\d:\d\d the server "one" began anew: it ended with code 1\. What it remembered of this session is gone\.$/;

/** The texts of a tool's result. */
async function textsOf(end: TestChannel, name: string): Promise<string[]> {
  const { result } = await end.request('tools/call', { name, arguments: {} });
  return (result as { content: { text: string }[] }).content.map(({ text }) => text);
}

const crash = (end: TestChannel) => end.request('tools/call', { name: 'crash', arguments: {} });

describe('after a crash', () => {
  test('the next result says that the state is gone, once, and only to who had some', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { policy: 'shared' }));
    const end = await upstream.use('one', SESSION, true);
    const other = await upstream.use('one', OTHER, true);
    expect(await textsOf(end, 'count')).toHaveLength(1);
    await crash(end);
    expect(await textsOf(end, 'count')).toEqual([expect.stringContaining('"n":1'), expect.stringMatching(NOTE)]);
    expect(await textsOf(end, 'count')).toEqual([expect.stringContaining('"n":2')]);
    expect(await textsOf(other, 'count')).toEqual([expect.stringContaining('"n":3')]);
  });

  test('lists and reads are as the server said them; the note waits for a tool', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION, true);
    await end.call('count');
    await crash(end);
    for (const [method, params] of [
      ['tools/list', {}],
      ['resources/read', { uri: 'counter://n' }],
    ] as const) {
      expect(JSON.stringify(await end.request(method, params))).not.toContain('[Holdfast]');
    }
    expect(await textsOf(end, 'peek')).toEqual([expect.stringContaining('"n":0'), expect.stringMatching(NOTE)]);
  });

  test('messages are untouched where they must be, and where nobody wants a note', async ({ startWith }) => {
    const upstream = await startWith(counter('one'), counter('quiet', { tellsLostState: false }));
    const ends = [await upstream.use('one', SESSION), await upstream.use('quiet', SESSION, true)];
    for (const end of ends) {
      await end.call('count');
      await crash(end);
      expect(await textsOf(end, 'count')).toEqual([expect.stringContaining('"n":1')]);
    }
  });

  test('an end that was meant to be is not told', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION, true);
    await end.call('count');
    upstream.configs.set(counter('one', { env: { NEW: '1' } }));
    await upstream.event('server_started', 2);
    expect(await textsOf(end, 'count')).toEqual([expect.stringContaining('"n":1')]);
  });
});

test('a session that a server over HTTP forgot is told too', async ({ start, onTestFinished }) => {
  const remote = await HttpCounter.start();
  onTestFinished(() => remote.close());
  const upstream = await start({ configs: [counter('far', { target: remote.target, fingerprint: 'f' })] });
  const end = await upstream.use('far', SESSION, true);
  await end.call('count');
  remote.sessions.clear();
  expect(await textsOf(end, 'count')).toEqual([
    '{"n":1}',
    expect.stringContaining('the server "far" began anew: it does not know the session any more.'),
  ]);
});
