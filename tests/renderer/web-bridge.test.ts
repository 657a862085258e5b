import { test as base, describe, expect } from 'vitest';
import type { WebSocket as ServerSocket } from 'ws';
import { Backoff } from '#src/renderer/bridge/web-backoff';
import { createWebBridge } from '#src/renderer/bridge/web-bridge';
import { browserEnvironment } from '#src/renderer/bridge/web-environment';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { MonitorMessage } from '#src/shared/contract/monitor-messages';
import { WEB } from '#src/shared/contract/web';
import { disposing } from '#tests/support/fixtures';
import { SNAPSHOT_PATH, snapshotAnswer, WebHost } from './support/web-host';
import { WebPage } from './support/web-page';

const TOKEN = 'token-of-this-browser';
const SESSION = 's_aaaaaaaaaaaaaaaaaaaaaa';

const idle = (seq: number): HoldfastEvent => ({ seq, at: 5, session_id: SESSION, kind: 'session_idle', payload: {} });
const changed = (seq: number, event: HoldfastEvent | null = idle(seq)): MonitorMessage =>
  ({ type: 'session_updated', session_id: SESSION, data: { session: {}, event }, epoch: 'e1', seq }) as never;
const snapshot = (seq: number, epoch = 'e1'): MonitorMessage => ({
  type: 'snapshot',
  sessions: [],
  timestamp: 7,
  epoch,
  seq,
});
const health = (seq: number): MonitorMessage =>
  ({ type: 'health_update', data: { sessions: [], timestamp: 7 }, epoch: 'e1', seq }) as never;

const test = base
  .extend('host', async ({}, { onCleanup }) => {
    const host = new WebHost();
    await host.start();
    onCleanup(() => host.stop());
    return host;
  })
  .extend('page', ({ host }) => {
    const page = new WebPage(host.origin);
    page.stored.set('holdfast.token', TOKEN);
    return page;
  })
  .extend('open', ({ page }, { onCleanup }) =>
    disposing(
      onCleanup,
      () => {
        const bridge = createWebBridge(page.env);
        return { bridge, close: bridge.open(page.listener) };
      },
      ({ close }) => close(),
    ),
  )
  /** Brings the bridge, once it was opened, to `live` at `seq`. */
  .extend('becomeLive', ({ host, page }) => async (seq = 10): Promise<ServerSocket> => {
    const socket = await host.signals.next('socket');
    await host.signals.next('command');
    host.send(socket, snapshot(seq));
    await page.state('live');
    await page.heard.next('message', (message) => message.type === 'snapshot');
    return socket;
  })
  .extend('goLive', ({ open, becomeLive }) => (seq?: number) => {
    open();
    return becomeLive(seq);
  });

describe('signing in', () => {
  test('trades the ticket of the URL for a token and uses it on the socket', async ({ open, host, page }) => {
    page.stored.clear();
    page.ticket = 'one-time';
    let ticket: unknown;
    host.routes.set(WEB.signIn, (body) => {
      ticket = body;
      return { status: 200, json: { token: 'fresh' } };
    });
    open();
    const upgrade = await host.signals.next('upgrade');
    expect(ticket).toEqual({ ticket: 'one-time' });
    expect(page.stored.get('holdfast.token')).toBe('fresh');
    expect(upgrade.headers['sec-websocket-protocol']).toBe('holdfast, holdfast.fresh');
    expect(upgrade.url).toBe(`${WEB.monitor}?health=changes&events=batched`);
  });

  test('takes the ticket out of the URL before anything else can read it', () => {
    const shown: string[] = [];
    const window = {
      location: { origin: 'http://127.0.0.1:1', hash: '#ticket=abc', pathname: '/ui/', search: '' },
      history: { replaceState: (_: unknown, __: string, url: string) => shown.push(url) },
      localStorage: { getItem: () => null },
    };
    expect(browserEnvironment(window as never).takeTicket()).toBe('abc');
    expect(shown).toEqual(['/ui/']);
    window.location.hash = '#/history?range=7d';
    expect(browserEnvironment(window as never).takeTicket()).toBeNull();
    expect(shown).toHaveLength(1);
  });

  test('says how to sign in when there is neither ticket nor token, and dials nothing', ({ open, host, page }) => {
    page.stored.clear();
    const { bridge } = open();
    expect(page.info?.state).toBe('offline');
    expect(page.info).toMatchObject({ signed_out: true, problem: expect.stringContaining('holdfast open') });
    page.advance(600_000);
    bridge.reconnectNow();
    page.advance(600_000);
    expect(host.dials).toBe(0);
  });

  test('takes a link that is opened in the page that is there already', async ({ open, host, page }) => {
    page.stored.clear();
    host.routes.set(WEB.signIn, (body) => ({
      status: 200,
      json: { token: `for-${(body as { ticket: string }).ticket}` },
    }));
    open();
    page.openLink('second');
    await host.signals.next('socket');
    expect(page.stored.get('holdfast.token')).toBe('for-second');
    expect(page.info?.signed_out).toBe(false);
  });

  test('says so when the link is too old and there is no other sign-in', async ({ open, host, page }) => {
    page.stored.clear();
    page.ticket = 'old';
    host.routes.set(WEB.signIn, () => ({ status: 401, json: { detail: 'old' } }));
    open();
    const info = await page.state('offline');
    expect(info).toMatchObject({ signed_out: true, problem: expect.stringContaining('too old') });
    expect(host.dials).toBe(0);
  });

  test('keeps an older sign-in when the link was used before', async ({ open, host, page }) => {
    page.ticket = 'used';
    host.routes.set(WEB.signIn, () => ({ status: 401, json: { detail: 'used' } }));
    open();
    const upgrade = await host.signals.next('upgrade');
    expect(upgrade.headers['sec-websocket-protocol']).toContain(TOKEN);
  });

  test('keeps the ticket while the server is not there', async ({ open, host, page }) => {
    page.stored.clear();
    page.ticket = 'one-time';
    await host.stop();
    open();
    await page.heard.next('connection', (info) => info.next_try_at !== null);
    host.routes.set(WEB.signIn, () => ({ status: 200, json: { token: 'late' } }));
    await host.start();
    page.toNextTry();
    await host.signals.next('socket');
    expect(page.stored.get('holdfast.token')).toBe('late');
  });

  test('stops and drops the token when the socket is closed with 4401', async ({ host, page, goLive }) => {
    const socket = await goLive();
    socket.close(4401);
    const info = await page.state('offline');
    expect(info.problem).toContain('not signed in');
    expect(page.stored.has('holdfast.token')).toBe(false);
    const dials = host.dials;
    page.advance(600_000);
    page.wake();
    expect(host.dials).toBe(dials);
    expect(page.timers).toBe(0);
  });

  test('learns from a poll that an upgrade was refused for its token, and returns when another tab signs in', async ({
    open,
    host,
    page,
  }) => {
    host.upgrades = 'refuse';
    host.routes.set(SNAPSHOT_PATH, () => ({ status: 401, json: { detail: 'no' } }));
    open();
    await host.signals.next('upgrade');
    page.advance(5_000);
    const info = await page.state('offline');
    expect(info.problem).toContain('not signed in');
    expect(page.stored.has('holdfast.token')).toBe(false);

    host.upgrades = 'accept';
    page.stored.set('holdfast.token', 'of-the-other-tab');
    page.changeStorage();
    const upgrade = await host.signals.next('upgrade', (request) =>
      String(request.headers['sec-websocket-protocol']).includes('of-the-other-tab'),
    );
    expect(upgrade.method).toBe('GET');
  });
});

describe('the live stream', () => {
  test('asks with no position first, and is live only with the snapshot', async ({ open, host, page }) => {
    open();
    const socket = await host.signals.next('socket');
    expect(await host.signals.next('command')).toEqual({ type: 'since', epoch: '', seq: 0 });
    host.send(socket, health(10));
    await page.heard.next('message', (message) => message.type === 'heartbeat');
    expect(page.info?.state).toBe('reconnecting');
    host.send(socket, snapshot(10));
    await page.state('live');
    expect(await page.heard.next('message')).toEqual({ type: 'snapshot', epoch: 'e1', seq: 10, at: 7, sessions: [] });
  });

  test('takes events of one moment as one batch', async ({ host, page, goLive }) => {
    const socket = await goLive(10);
    host.send(socket, { type: 'events', data: { events: [idle(11), idle(12), idle(13)] }, epoch: 'e1', seq: 13 });
    expect(await page.heard.next('message', (message) => message.type === 'batch')).toEqual({
      type: 'batch',
      epoch: 'e1',
      from_seq: 11,
      to_seq: 13,
      events: [idle(11), idle(12), idle(13)],
    });
  });

  test('turns events and notices into batches and health into heartbeats', async ({ host, page, goLive }) => {
    const socket = await goLive(10);
    const notice = { seq: 12, at: 1, session_id: null, kind: 'supervisor_stopped', payload: {} } as const;
    host.send(socket, changed(11));
    host.send(socket, { type: 'notice', data: { event: notice }, epoch: 'e1', seq: 12 });
    host.send(socket, health(12));
    expect(await page.heard.next('message')).toEqual({
      type: 'batch',
      epoch: 'e1',
      from_seq: 11,
      to_seq: 11,
      events: [idle(11)],
    });
    expect(await page.heard.next('message')).toMatchObject({
      type: 'batch',
      from_seq: 12,
      to_seq: 12,
      events: [notice],
    });
    expect(await page.heard.next('message')).toEqual({ type: 'heartbeat', epoch: 'e1', seq: 12, at: page.now });
  });

  test('asks for a snapshot when events were merged, and lets no change through before it', async ({
    host,
    page,
    goLive,
  }) => {
    const socket = await goLive(10);
    host.send(socket, changed(15, null));
    host.send(socket, changed(16));
    expect(await host.signals.next('command')).toEqual({ type: 'snapshot' });
    host.send(socket, snapshot(16));
    host.send(socket, changed(17));
    expect(await page.heard.next('message')).toMatchObject({ type: 'snapshot', seq: 16 });
    expect(await page.heard.next('message')).toMatchObject({ type: 'batch', from_seq: 17 });
  });

  test('asks for a snapshot on resync, and again with each heartbeat until it comes', async ({
    host,
    page,
    open,
    becomeLive,
  }) => {
    const { bridge } = open();
    const socket = await becomeLive(10);
    bridge.resync();
    expect(await host.signals.next('command')).toEqual({ type: 'snapshot' });
    host.send(socket, health(10));
    expect(await host.signals.next('command')).toEqual({ type: 'snapshot' });
    host.send(socket, snapshot(10));
    host.send(socket, health(10));
    host.send(socket, changed(11));
    await page.heard.next('message', (message) => message.type === 'batch');
    expect(host.signals.pending('command')).toEqual([]);
  });

  test('says when it heard something, also after the wall clock is set back', async ({ host, page, goLive }) => {
    const socket = await goLive(10);
    page.now -= 3_600_000;
    host.send(socket, health(10));
    await page.heard.next('message', (message) => message.type === 'heartbeat');
    expect(page.info?.heard_at).toBe(page.now);
  });

  test('survives frames it does not understand', async ({ host, page, goLive }) => {
    const socket = await goLive(10);
    socket.send('no json');
    socket.send('{"type":"of a newer Holdfast"}');
    socket.send(Buffer.from([1, 2, 3]));
    host.send(socket, changed(11));
    expect(await page.heard.next('message')).toMatchObject({ type: 'batch', from_seq: 11 });
    expect(page.info?.state).toBe('live');
  });
});

describe('coming back', () => {
  test('dials again after a cut and goes on from its last position', async ({ host, page, goLive }) => {
    const socket = await goLive(10);
    host.send(socket, changed(11));
    await page.heard.next('message', (message) => message.type === 'batch');
    const heardAt = page.now;
    page.advance(1_000);
    socket.terminate();
    const info = await page.state('reconnecting');
    expect(info.next_try_at).toBeGreaterThanOrEqual(page.now + 250);
    expect(info.next_try_at).toBeLessThanOrEqual(page.now + 500);
    expect(info.heard_at).toBe(heardAt);
    expect(info.problem).not.toBeNull();

    host.hello = { recovered: true, epoch: 'e1', seq: 12 };
    page.toNextTry();
    const again = await host.signals.next('socket');
    expect(await host.signals.next('command')).toEqual({ type: 'since', epoch: 'e1', seq: 11 });
    const live = await page.state('live');
    expect(live).toMatchObject({ next_try_at: null, problem: null });
    host.send(again, changed(12));
    expect(await page.heard.next('message')).toMatchObject({ type: 'batch', from_seq: 12 });
  });

  test('waits for the snapshot when the server could not recover', async ({ host, page, goLive }) => {
    const socket = await goLive(10);
    socket.terminate();
    await page.state('reconnecting');
    host.hello = { recovered: false, epoch: 'e2', seq: 3 };
    page.toNextTry();
    const again = await host.signals.next('socket');
    host.send(again, { ...health(3), epoch: 'e2' } as MonitorMessage);
    await page.heard.next('message', (message) => message.type === 'heartbeat');
    expect(page.info?.state).toBe('reconnecting');
    host.send(again, snapshot(3, 'e2'));
    await page.state('live');
    expect(await page.heard.next('message')).toMatchObject({ type: 'snapshot', epoch: 'e2', seq: 3 });
  });

  test('gives up a socket that is silent for 15 s and says how old the data is', async ({ host, page, goLive }) => {
    const socket = await goLive(10);
    const heardAt = page.now;
    page.advance(14_999);
    expect(page.info?.state).toBe('live');
    page.advance(1);
    expect(page.info).toMatchObject({ state: 'reconnecting', heard_at: heardAt });
    host.send(socket, changed(11));
    host.hello = { recovered: true, epoch: 'e1', seq: 11 };
    page.toNextTry();
    await host.signals.next('socket');
    expect(await host.signals.next('command', (command) => command.type === 'since')).toMatchObject({ seq: 10 });
    await page.state('live');
  });

  test('tries at once when the network or the person is back', async ({ host, page, goLive }) => {
    const socket = await goLive(10);
    socket.terminate();
    await page.state('reconnecting');
    page.wake();
    await host.signals.next('socket');
  });

  test('distrusts a live socket that was silent while the page slept', async ({ host, page, goLive }) => {
    await goLive(10);
    const dials = host.dials;
    page.now += 60_000;
    page.wake();
    expect(page.info?.state).toBe('reconnecting');
    page.advance(0);
    await host.signals.next('socket');
    expect(host.dials).toBe(dials + 1);
  });

  test('leaves a live socket alone when woken', async ({ host, page, open, becomeLive }) => {
    const { bridge } = open();
    await becomeLive(10);
    const dials = host.dials;
    page.wake();
    bridge.reconnectNow();
    page.advance(1_000);
    expect(host.dials).toBe(dials);
    expect(page.info?.state).toBe('live');
  });

  test('stays away after a manual disconnect until it is told to come back', async ({
    host,
    page,
    open,
    becomeLive,
  }) => {
    const { bridge } = open();
    const socket = await becomeLive(10);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    bridge.disconnect();
    await closed;
    expect(page.info).toMatchObject({
      state: 'offline',
      problem: 'Updates are paused. Sessions keep running.',
      next_try_at: null,
      signed_out: false,
    });
    const dials = host.dials;
    page.advance(600_000);
    page.wake();
    page.changeStorage();
    expect(host.dials).toBe(dials);
    host.hello = { recovered: true, epoch: 'e1', seq: 10 };
    bridge.reconnectNow();
    await page.state('live');
    expect(host.dials).toBe(dials + 1);
  });

  test('says nothing and holds no timer after it was closed', async ({ page, open, becomeLive }) => {
    const { close } = open();
    const socket = await becomeLive();
    const gone = new Promise((resolve) => socket.once('close', resolve));
    const before = page.info;
    close();
    await gone;
    expect(page.timers).toBe(0);
    expect(page.info).toBe(before);
  });
});

describe('without a WebSocket', () => {
  /** Refuses dials until polling is due: three tries, or 5 s. */
  async function refuseThrice(host: WebHost, page: WebPage): Promise<void> {
    for (let dial = 1; dial <= 3; dial += 1) {
      await host.signals.next('upgrade');
      await page.heard.next('connection', (info) => info.next_try_at !== null && info.next_try_at > page.now);
      if (dial < 3) page.toNextTry();
    }
  }

  test('polls every 10 s after three refused tries, and goes back to the WebSocket as soon as it can', async ({
    open,
    host,
    page,
  }) => {
    host.upgrades = 'refuse';
    let seq = 10;
    host.routes.set(SNAPSHOT_PATH, (_, request) => {
      expect(request.headers.authorization).toBe(`Bearer ${TOKEN}`);
      return snapshotAnswer('e1', seq);
    });
    page.random = 0.999;
    open();
    await refuseThrice(host, page);
    await page.state('polling');
    expect(await page.heard.next('message')).toMatchObject({ type: 'snapshot', seq: 10 });
    expect(page.info?.heard_at).toBe(page.now);

    const polledAt = page.now;
    page.advance(10_000);
    expect(await page.heard.next('message')).toEqual({
      type: 'heartbeat',
      epoch: 'e1',
      seq: 10,
      at: polledAt + 10_000,
    });
    seq = 12;
    page.advance(10_000);
    expect(await page.heard.next('message')).toMatchObject({ type: 'snapshot', seq: 12 });

    host.upgrades = 'accept';
    host.hello = { recovered: true, epoch: 'e1', seq: 12 };
    await page.heard.next('connection', (info) => info.state === 'polling' && (info.next_try_at ?? 0) > page.now);
    page.toNextTry();
    await host.signals.next('socket');
    expect(await host.signals.next('command')).toEqual({ type: 'since', epoch: 'e1', seq: 12 });
    await page.state('live');
    const polls = host.signals.pending('request').length;
    page.advance(14_000);
    expect(host.signals.pending('request')).toHaveLength(polls);
  });

  test('polls after 5 s when the upgrade just hangs', async ({ open, host, page }) => {
    host.upgrades = 'hang';
    host.routes.set(SNAPSHOT_PATH, () => snapshotAnswer('e1', 4));
    open();
    await host.signals.next('upgrade');
    page.advance(4_999);
    expect(host.signals.pending('request')).toEqual([]);
    page.advance(1);
    await host.signals.next('request', (path) => path === SNAPSHOT_PATH);
    await page.state('polling');
  });

  test('goes offline when nothing answers, keeps trying, and comes back at the first answer', async ({
    host,
    page,
    goLive,
  }) => {
    const socket = await goLive(10);
    socket.terminate();
    await host.stop();
    await page.state('reconnecting');
    for (let failed = 0; failed < 3; failed += 1) {
      page.toNextTry();
      await page.heard.next('connection', (info) => (info.next_try_at ?? 0) > page.now);
    }
    const info = await page.state('offline');
    expect(info.problem).toContain('does not answer');
    expect(info.next_try_at).toBeGreaterThan(page.now);

    await host.start();
    host.hello = { recovered: true, epoch: 'e1', seq: 10 };
    host.routes.set(SNAPSHOT_PATH, () => snapshotAnswer('e1', 10));
    page.advance(10_000);
    await host.signals.next('command', (command) => command.type === 'since');
    await page.state('live');
  });
});

describe('backoff', () => {
  test('doubles its bound from 0.5 s to 30 s and never waits less than 0.25 s', () => {
    const longest = new Backoff(() => 0.999999);
    expect(Array.from({ length: 9 }, () => longest.next())).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
    longest.reset();
    expect(longest.next()).toBe(500);
    const shortest = new Backoff(() => 0);
    expect(Array.from({ length: 9 }, () => shortest.next())).toEqual(Array(9).fill(250));
  });

  test('forgets earlier failures only after 30 healthy seconds', async ({ host, page, goLive }) => {
    page.random = 0.999999;
    let socket = await goLive(10);
    host.hello = { recovered: true, epoch: 'e1', seq: 10 };
    const cutAndReturn = async () => {
      socket.terminate();
      const { next_try_at } = await page.state('reconnecting');
      const wait = (next_try_at ?? 0) - page.now;
      page.toNextTry();
      socket = await host.signals.next('socket');
      await page.state('live');
      return wait;
    };
    expect(await cutAndReturn()).toBe(500);
    expect(await cutAndReturn()).toBe(1_000);
    for (let beat = 0; beat < 3; beat += 1) {
      page.advance(10_000);
      host.send(socket, health(10));
      await page.heard.next('message', (message) => message.type === 'heartbeat');
    }
    expect(await cutAndReturn()).toBe(500);
  });
});

describe('methods', () => {
  const bridgeTest = test.extend('bridge', ({ page }) => createWebBridge(page.env));
  const path = `${WEB.rpc}/sessions.get`;

  bridgeTest('posts the input with the token and answers the value', async ({ bridge, host }) => {
    host.routes.set(path, (body, request) => {
      expect(request.headers.authorization).toBe(`Bearer ${TOKEN}`);
      expect(request.headers['content-type']).toBe('application/json');
      return { status: 200, json: { ok: true, value: body } };
    });
    await expect(bridge.invoke('sessions.get', { session_id: SESSION })).resolves.toEqual({ session_id: SESSION });
  });

  bridgeTest('rejects with the error of the registry', async ({ bridge, host }) => {
    const error = { code: 'session_not_found', message: 'There is no such session.', retryable: false };
    host.routes.set(path, () => ({ status: 404, json: { ok: false, error } }));
    await expect(bridge.invoke('sessions.get', { session_id: SESSION })).rejects.toMatchObject({
      code: 'session_not_found',
      message: 'There is no such session.',
    });
  });

  bridgeTest('rejects a malformed answer with a code of ours', async ({ bridge, host }) => {
    host.routes.set(path, () => ({ status: 200, json: 'what?' }));
    await expect(bridge.invoke('sessions.get', { session_id: SESSION })).rejects.toMatchObject({
      code: 'internal_error',
    });
    host.routes.set(path, () => ({ status: 429, json: { detail: 'slow down' } }));
    await expect(bridge.invoke('sessions.get', { session_id: SESSION })).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'slow down',
    });
  });

  bridgeTest('signs out when the token is refused', async ({ bridge, host, page }) => {
    host.routes.set(path, () => ({ status: 401, json: { detail: 'no' } }));
    await expect(bridge.invoke('sessions.get', { session_id: SESSION })).rejects.toMatchObject({
      code: 'unauthorized',
    });
    expect(page.stored.has('holdfast.token')).toBe(false);
  });

  bridgeTest('gives up after 15 s without an answer', async ({ bridge, host, page }) => {
    host.routes.set(path, () => 'hang');
    const answer = bridge.invoke('sessions.get', { session_id: SESSION });
    const refused = expect(answer).rejects.toMatchObject({ code: 'unreachable' });
    await host.signals.next('request');
    page.advance(15_000);
    await refused;
  });

  bridgeTest('says so when nobody answers', async ({ bridge, host }) => {
    await host.stop();
    await expect(bridge.invoke('app.info', {})).rejects.toMatchObject({ code: 'unreachable' });
  });
});
