import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Server } from '#src/shared/contract/server';
import type { Json } from '#tests/support/clients/mcp-http';
import { MonitorClient } from '#tests/support/clients/monitor-client';
import type { MatrixHost } from './support/host';
import {
  expectGone,
  expectTaken,
  json,
  type Party,
  runs,
  startsOf,
  takeUp,
  takingOverTest,
  textOf,
  WHERE,
} from './support/taking-over';

/* A session goes over whatever its servers do in that moment, and by whichever door somebody looks at it. */

const test = takingOverTest.override('servers', ['counter', 'twin', 'slow', 'listing', 'broken']);

const stateOf = async (host: MatrixHost, name: string): Promise<Server['state']> =>
  ((await host.admin(`/api/mcp/servers/${name}`)) as Server).state;

/** How many calls clients wait for. */
const runningCalls = async (host: MatrixHost): Promise<number> =>
  ((await host.admin('/api/mcp/calls')) as { running: unknown[] }).running.length;

/** The tools in the answer to a list. */
const namesIn = ({ result }: Json): string[] => result.tools.map(({ name }: Json) => name);

const SOON = { timeout: 30_000, interval: 20 };

const starts = ({ folder }: MatrixHost, server: 'slow' | 'broken'): number[] => {
  const file = startsOf(folder, server);
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
};

describe('a session that is handed over', () => {
  test('while its server is stopped: it stays stopped, and the first call of the other client starts it', async ({
    host,
    owner,
    heir,
    offer,
    raw,
    connect,
  }) => {
    const old = await connect('v1', owner);
    const { pid } = await old.json('count');
    await host.admin('/api/mcp/servers/counter/stop', {});
    await expect.poll(() => runs(pid), SOON).toBe(false);
    const { session } = await offer();
    const taker = await raw(heir);
    await taker.request('resources/list');
    await expectTaken(host, heir, session.session_id, owner);
    await expect(old.call('count')).rejects.toThrow(WHERE);
    const anew = json(await taker.call('count'));
    expect([anew.n, anew.pid === pid]).toEqual([1, false]);
    const again = await connect('v1', owner);
    expect(textOf(await again.call('count'))).toMatch(WHERE);
    expect((await again.json('count')).pid).not.toBe(anew.pid);
    expect(json(await taker.call('count'))).toEqual({ n: 2, pid: anew.pid });
  }, 60_000);

  test('while its server cannot start and is not tried: nobody’s call starts it twice once it can', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const fails = join(host.folder, 'broken');
    const old = await raw(owner, '/mcp/broken');
    const { pid } = json(await old.call('count'));
    writeFileSync(fails, '');
    await old.call('crash');
    // Each call is a reason to try at once.
    await expect
      .poll(async () => {
        await old.call('peek');
        return stateOf(host, 'broken');
      }, SOON)
      .toBe('circuit_open');
    const before = starts(host, 'broken').length;
    const { session } = await offer();
    const taker = await raw(heir, '/mcp/broken');
    expect((await taker.call('count')).message, 'it is not tried for the other one, either').toContain(
      'tries again in',
    );
    await expectTaken(host, heir, session.session_id, owner);
    await expectGone(old);
    rmSync(fails);
    await host.admin('/api/mcp/servers/broken/retry', {});
    await expect.poll(() => stateOf(host, 'broken'), SOON).toBe('running');
    const anew = json(await taker.call('count'));
    expect([anew.n, anew.pid === pid]).toEqual([1, false]);
    expect(starts(host, 'broken').slice(before)).toEqual([anew.pid]);
  }, 90_000);

  test('while its server is restarted: the waiting call of the old client is not made, the one of the other client is', async ({
    host,
    owner,
    heir,
    offer,
    raw,
    gate,
  }) => {
    const door = gate('slow-start');
    door.open();
    const old = await raw(owner, '/mcp/slow');
    const { pid } = json(await old.call('count'));
    door.shut();
    await host.admin('/api/mcp/servers/slow/restart', {});
    await door.reached();
    const taker = await raw(heir, '/mcp/slow');
    const { session } = await offer();
    // From here on it must not take long: nobody waits for a start for more than five seconds.
    const waiting = old.call('count');
    await expect.poll(() => runningCalls(host), SOON).toBe(1);
    const first = taker.call('count');
    expect((await waiting).message).toMatch(WHERE);
    door.open();
    const anew = json(await first);
    await expectTaken(host, heir, session.session_id, owner);
    expect(anew.n, 'the call of the old client was not made').toBe(1);
    expect(anew.pid).not.toBe(pid);
    const { instances } = (await host.admin('/api/mcp/servers/slow')) as Server;
    const mine = instances.filter((one) => one.session_id === session.session_id);
    expect(mine.map((one) => one.pid)).toEqual([anew.pid]);
    await expectGone(old);
  }, 60_000);

  test.for(['/mcp/listing', '/mcp'])(
    'while its client asks for a list at %s: the answer is for nobody else',
    { timeout: 60_000 },
    async (path, { host, owner, heir, offer, raw, gate }) => {
      const name = path === '/mcp' ? 'listing__count' : 'count';
      const door = gate('listing');
      door.open();
      const old = await raw(owner, path);
      const { pid } = json(await old.call(name));
      door.shut();
      const asked = old.answerTo('tools/list');
      await door.reached();
      const { session } = await offer();
      const taker = await raw(heir, path);
      expect(json(await taker.call(name))).toEqual({ n: 2, pid });
      const answer = await asked;
      // A list of all servers may have been answered without what this one lists.
      if (answer.error) expect(answer.error.message).toMatch(WHERE);
      else expect(namesIn(answer)).not.toContain(name);
      await expectTaken(host, heir, session.session_id, owner);
      door.open();
      expect(namesIn(await taker.answerTo('tools/list'))).toContain(name);
      await expectGone(old);
    },
  );

  test('to a client whose servers have tools of the same names: each name means the session that went over', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner, '/mcp');
    const counter = json(await old.call('counter__count'));
    await old.call('counter__count');
    const twin = json(await old.call('twin__count'));
    const taker = await raw(heir, '/mcp');
    const own = [json(await taker.call('counter__count')), json(await taker.call('twin__count'))];
    const invitation = await offer({ invited: true });
    expect((await takeUp(taker, invitation)).structuredContent).toMatchObject({ success: true });
    expect(json(await taker.call('counter__count'))).toEqual({ n: 3, pid: counter.pid });
    expect(json(await taker.call('twin__count'))).toEqual({ n: 2, pid: twin.pid });
    await expectTaken(host, heir, invitation.session.session_id, owner);
    await expectGone(old);
    for (const { pid } of own) await expect.poll(() => runs(pid), SOON).toBe(false);
    const again = await raw(owner, '/mcp');
    expect(textOf(await again.call('twin__count'))).toMatch(WHERE);
    const fresh = json(await again.call('twin__count'));
    expect([fresh.n, fresh.pid === twin.pid]).toEqual([1, false]);
  }, 60_000);
});

/** The session of this client, with a new token for it. */
async function tokenOf(host: MatrixHost, { key }: Party): Promise<{ session_id: string; reconnect_token: string }> {
  const [{ session_id } = { session_id: '' }] = await host.sessions(key);
  const { reconnect_token } = (await host.fetch(`/api/mcp/sessions/${session_id}/token`, key)) as {
    reconnect_token: string;
  };
  return { session_id, reconnect_token };
}

describe('over the WebSocket', () => {
  test('the old client sees its session go, and cannot have it back with a token from before', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner, '/mcp');
    const { pid } = json(await old.call('counter__count'));
    const { session_id, reconnect_token } = await tokenOf(host, owner);
    const [before, after] = [
      await MonitorClient.live(host, { key: owner.key }),
      await MonitorClient.live(host, { key: heir.key }),
    ];
    try {
      await offer();
      const taker = await raw(heir, '/mcp');
      expect(json(await taker.call('counter__peek'))).toEqual({ n: 1, pid });
      expect((await after.upTo('session_reconnected')).at(-1)).toMatchObject({ session_id });
      expect((await before.upTo('snapshot')).at(-1), 'it is out of its sight').toMatchObject({ sessions: [] });
      before.send({ type: 'reconnect', session_id, reconnect_token });
      expect((await before.upTo('reconnect_result')).at(-1)).toMatchObject({ success: false });
      // Nothing waits for a connection of the old client, either.
      const again = await raw(owner, '/mcp');
      expect(textOf(await again.call('counter__count'))).toMatch(WHERE);
      expect(json(await again.call('counter__count')).pid).not.toBe(pid);
      await expectTaken(host, heir, session_id, owner);
      expect(json(await taker.call('counter__count'))).toEqual({ n: 2, pid });
    } finally {
      for (const monitor of [before, after]) monitor.close();
    }
  }, 60_000);

  test('a reconnect of the old client while the session is offered does not keep it from the other one', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner);
    const { pid } = json(await old.call('count'));
    const [{ session_id } = { session_id: '' }] = await host.sessions(owner.key);
    const monitor = await MonitorClient.live(host, { key: owner.key });
    try {
      await offer();
      const { reconnect_token } = (await host.fetch(`/api/mcp/sessions/${session_id}/token`, owner.key)) as {
        reconnect_token: string;
      };
      monitor.send({ type: 'reconnect', session_id, reconnect_token });
      expect((await monitor.upTo('reconnect_result')).at(-1)).toMatchObject({ success: true });
      const taker = await raw(heir);
      expect(json(await taker.call('count'))).toEqual({ n: 2, pid });
      await expectTaken(host, heir, session_id, owner);
      const again = await raw(owner);
      expect(textOf(await again.call('count'))).toMatch(WHERE);
      expect(json(await again.call('count')).pid).not.toBe(pid);
      await expectGone(old);
    } finally {
      monitor.close();
    }
  }, 60_000);

  test('killed once the session went over: the old client that comes back finds it gone, the other one has it', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner, '/mcp');
    const { pid } = json(await old.call('counter__count'));
    const { session_id, reconnect_token: first } = await tokenOf(host, owner);
    const before = await MonitorClient.live(host, { key: owner.key });
    before.send({ type: 'reconnect', session_id, reconnect_token: first });
    const back = (await before.upTo('reconnect_result')).at(-1) as Json;
    expect(back).toMatchObject({ success: true });
    await offer();
    const taker = await raw(heir, '/mcp');
    await host.dieAt('session_reconnected', false);
    await taker.call('counter__peek').catch(() => {});
    await Promise.all([host.died(), before.closed]);
    await host.start();

    const monitors = [await MonitorClient.open(host, { key: owner.key }), await MonitorClient.open(host, heir)];
    try {
      const [mine, theirs] = await Promise.all(
        monitors.map(async (monitor) => {
          monitor.send({ type: 'snapshot' });
          return (await monitor.upTo('snapshot')).at(-1);
        }),
      );
      expect([mine, theirs]).toMatchObject([{ sessions: [] }, { sessions: [{ session_id, client_id: heir.id }] }]);
      for (const reconnect_token of [first, back.reconnect_token]) {
        monitors[0]?.send({ type: 'reconnect', session_id, reconnect_token });
        expect((await monitors[0]?.upTo('reconnect_result'))?.at(-1)).toMatchObject({ success: false });
      }
    } finally {
      for (const monitor of monitors) monitor.close();
    }
    await expectTaken(host, heir, session_id, owner);
    await expectGone(old);
    expect(json(await taker.call('counter__count'))).toEqual({ n: 2, pid });
    const again = await raw(owner, '/mcp');
    expect(textOf(await again.call('counter__count'))).toMatch(WHERE);
    expect(json(await again.call('counter__count')).pid).not.toBe(pid);
  }, 60_000);

  test('an invitation is not taken up, and stays good for the chat of the other client', async ({
    host,
    owner,
    heir,
    offer,
    raw,
  }) => {
    const old = await raw(owner, '/mcp');
    const { pid } = json(await old.call('counter__count'));
    const invitation = await offer({ invited: true });
    const { session_id } = invitation.session;
    const monitor = await MonitorClient.live(host, { key: heir.key });
    try {
      monitor.send({ type: 'reconnect', session_id, reconnect_token: invitation.invitation ?? '' });
      expect((await monitor.upTo('reconnect_result')).at(-1)).toMatchObject({
        success: false,
        detail: 'Reconnection failed: invalid_token_purpose',
      });
    } finally {
      monitor.close();
    }
    expect(json(await old.call('counter__count')), 'the session is where it was').toEqual({ n: 2, pid });
    const taker = await raw(heir, '/mcp');
    expect((await takeUp(taker, invitation)).structuredContent).toMatchObject({ success: true });
    expect(json(await taker.call('counter__count'))).toEqual({ n: 3, pid });
    await expectTaken(host, heir, session_id, owner);
    await expectGone(old);
  }, 60_000);
});
