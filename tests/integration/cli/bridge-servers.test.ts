import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import type { Json } from '#tests/support/mcp-http';
import { HEADLESS, HOLDFAST } from '#tests/support/paths';
import { endServers } from '#tests/support/servers';
import { STDIO_CLIENTS, type StdioClient } from './stdio-clients';
import {
  configureServers,
  counterEntry,
  environment,
  newFolder,
  readEndpoint,
  removeFolder,
  startHeadless,
} from './support';

const TRUST = { HOLDFAST_TRUST_SERVERS: '1' };

let command: Bundle;
let program: Bundle;
beforeAll(async () => {
  command = await bundleForNode(HOLDFAST);
  program = await bundleForNode(HEADLESS);
}, 60_000);
afterAll(() => {
  command.remove();
  program.remove();
});

let folder: string;
let holdfast: Awaited<ReturnType<typeof startHeadless>>;
let client: StdioClient | null;
beforeEach(async () => {
  folder = newFolder();
  client = null;
  configureServers(folder, { counter: counterEntry() });
  holdfast = await startHeadless(program.file, folder, 0, TRUST);
});
afterEach(async () => {
  await client?.close();
  await holdfast.stop();
  await endServers(folder);
  removeFolder(folder);
});

async function killAndRestart(): Promise<void> {
  const port = Number(new URL(readEndpoint(folder).url).port);
  await holdfast.kill();
  holdfast = await startHeadless(program.file, folder, port, TRUST);
}

const said = ({ content }: Json): Json => JSON.parse(content[0].text);

describe.each(STDIO_CLIENTS)('%s over the bridge', (_, connect) => {
  const open = async (...args: string[]) => {
    client = await connect({ args: [command.file, 'bridge', ...args], env: environment(folder) });
    return client;
  };

  test('has the answer of a call during which Holdfast was killed, from the same process', {
    timeout: 60_000,
  }, async () => {
    const { call } = await open('--server', 'counter');
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
    // A client of SDK v1 drops a progress that comes in one piece with the answer, as the last one does.
    expect(steps.slice(0, 3)).toEqual(['step 1', 'step 2', 'step 3']);
    expect(said(await call('count'))).toEqual({ n: before.n + 1, pid: before.pid });
  });

  test('is asked by a server and answers it, also after a kill of Holdfast', { timeout: 60_000 }, async () => {
    const { call } = await open('--server', 'counter');
    const green = { action: 'accept', content: { colour: 'green' } };
    expect(said(await call('ask'))).toEqual(green);
    await killAndRestart();
    expect(said(await call('ask'))).toEqual(green);
  });

  test('has all servers under their names', { timeout: 60_000 }, async () => {
    const { call } = await open();
    expect(said(await call('counter__count'))).toMatchObject({ n: 1 });
    expect((await call('session_info')).structuredContent.session_id).toMatch(/^s_/);
  });
});
