import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { DAY, MINUTE, SECOND } from '#src/shared/model/units';
import { bundled } from '#tests/support/bundle';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { disposing, folderTest } from '#tests/support/fixtures';
import { MatrixHost } from './support/host';

/* A wall clock that is wrong, for moments or at a start, in a real process: no session ends for it, no token lives longer. */

/** Long enough for several ticks. */
const MOMENTS = 2_500;

const test = folderTest
  .extend('program', { scope: 'file' }, bundled(join(import.meta.dirname, 'programs/jumping-host.ts')))
  .extend('host', async ({ folder, program }, { onCleanup }) => {
    const make = disposing(
      onCleanup,
      () => new MatrixHost(program, folder),
      (host) => host.quit(),
    );
    const host = make();
    await host.start();
    return host;
  })
  .extend('key', ({ host }) => host.newKey('a client'))
  .extend('session', async ({ host, key }) => {
    const mcp = new McpHttp({ url: `${host.url}/mcp` }, key);
    await mcp.initialize();
    await mcp.call('health_check');
    const [session] = await host.sessions(key);
    return { mcp, id: session?.session_id ?? '', transport: mcp.transportId };
  });

/** The session as REST shows it; no time in it lies ahead. */
async function look(host: MatrixHost, key: string) {
  const [session] = await host.sessions(key);
  const { created_at = 0, last_activity = 0, disconnected_at } = session ?? {};
  const inOneMinute = Date.now() + MINUTE;
  for (const at of [created_at, last_activity, disconnected_at ?? 0]) expect(at).toBeLessThan(inOneMinute);
  return session;
}

async function present(host: MatrixHost, key: string, id: string, token: string): Promise<string> {
  const body = JSON.stringify({ token });
  try {
    await host.fetch(`/api/mcp/sessions/${id}/reconnect`, key, { method: 'POST', body });
    return 'accepted';
  } catch (error) {
    return /token_expired|already_disconnected/.exec(String(error))?.[0] ?? String(error);
  }
}

test.for([2 * DAY, -2 * DAY])(
  'a clock that is off by %i ms for moments ends no waiting session',
  async (off, { host, key, session }) => {
    await host.kill();
    await host.start();
    expect(await look(host, key)).toMatchObject({ status: 'disconnected' });
    await host.setWall(off);
    await delay(MOMENTS);
    expect(await look(host, key)).toMatchObject({ status: 'disconnected' });
    await host.setWall(0);
    await session.mcp.call('health_check');
    expect(await look(host, key)).toMatchObject({ session_id: session.id, status: 'active' });
    expect(readFileSync(join(host.folder, 'holdfast.log'), 'utf8')).toContain('the system clock was set');
  },
);

test.for([2 * DAY, -2 * DAY])(
  'nor does a start with a clock that is off by %i ms, or the next one',
  async (off, { host, key, session }) => {
    await host.quit();
    await host.start({ WALL: String(off) });
    await delay(1_500);
    expect((await host.sessions(key)).map(({ status }) => status)).toEqual(['disconnected']);
    await host.kill();
    await host.start();
    await delay(1_500);
    await session.mcp.call('health_check');
    expect((await host.sessions(key))[0]).toMatchObject({ session_id: session.id, status: 'active' });
  },
);

test('a token that has expired stays expired when the clock goes back, and its successor is good', async ({
  host,
  key,
  session: { id },
}) => {
  const issue = async () =>
    ((await host.fetch(`/api/mcp/sessions/${id}/token`, key)) as { reconnect_token: string }).reconnect_token;
  const token = await issue();
  await host.setWall(2 * DAY);
  expect(await present(host, key, id, token)).toBe('token_expired');
  await host.setWall(0);
  expect(await present(host, key, id, token)).toBe('token_expired');
  await host.setWall(-10 * MINUTE - SECOND);
  expect(await present(host, key, id, token)).toBe('token_expired');
  await host.setWall(0);
  expect(await present(host, key, id, await issue())).toBe('accepted');
});
