import { describe, expect } from 'vitest';
import { Api } from '#tests/support/clients/api';
import type { Json } from '#tests/support/clients/mcp-http';
import { bridgeTest, STDIO_CLIENTS } from './stdio-clients';
import { configureServers, counterEntry, readEndpoint } from './support';

const TRUST = { HOLDFAST_TRUST_SERVERS: '1' };

const test = bridgeTest
  .extend('folder', ({ folder }) => {
    configureServers(folder, { counter: counterEntry() });
    return folder;
  })
  .extend('holdfast', { auto: true }, ({ start }) => start(0, TRUST))
  .extend('killAndRestart', ({ holdfast, start }) => async () => {
    await holdfast.kill();
    await start(Number(new URL(holdfast.url).port), TRUST);
  });

const said = ({ content }: Json): Json => JSON.parse(content[0].text);

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

describe.each(STDIO_CLIENTS)('%s over the bridge', (_, connect) => {
  test('has the answer of a call during which Holdfast was killed, from the same process', {
    timeout: 60_000,
  }, async ({ open, killAndRestart }) => {
    const { call } = await open(connect, '--server', 'counter');
    const before = said(await call('count'));
    const steps: string[] = [];
    let begun = () => {};
    const running = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const slow = call('slow', { ms: 2_000, steps: 4 }, (message) => {
      steps.push(message);
      begun();
    });
    await running;
    await killAndRestart();
    expect(said(await slow)).toEqual({ done: true, pid: before.pid });
    // The SDK drops progress that comes in one piece with the answer, as all of it does if the call ends before the restart.
    expect(steps).toEqual(['step 1', 'step 2', 'step 3', 'step 4'].slice(0, steps.length));
    expect(said(await call('count'))).toEqual({ n: before.n + 1, pid: before.pid });
  });

  test('answers questions of a server, also after Holdfast was killed', { timeout: 60_000 }, async ({
    open,
    killAndRestart,
  }) => {
    const { call } = await open(connect, '--server', 'counter');
    const green = { action: 'accept', content: { colour: 'green' } };
    expect(said(await call('ask'))).toEqual(green);
    await killAndRestart();
    expect(said(await call('ask'))).toEqual(green);
  });

  test('sees the set that it was given, also after Holdfast was killed', { timeout: 60_000 }, async ({
    folder,
    open,
    killAndRestart,
  }) => {
    const { url, admin_key } = readEndpoint(folder);
    const parts = [{ server: 'counter', kind: 'tool', name: 'count' }];
    await new Api({ url }, admin_key).send('PUT', '/api/mcp/sets/work', { parts });
    const { call } = await open(connect, '--set', 'work');
    expect(said(await call('counter__count'))).toMatchObject({ n: 1 });
    await killAndRestart();
    expect(said(await call('counter__count'))).toMatchObject({ n: 2 });
    await expect(call('counter__peek')).rejects.toThrow(/not in the set "work"/);
  });

  test('sees all servers under their names', { timeout: 60_000 }, async ({ open }) => {
    const { call } = await open(connect);
    expect(said(await call('counter__count'))).toMatchObject({ n: 1 });
    expect((await call('session_info')).structuredContent.session_id).toMatch(/^s_/);
  });
});
