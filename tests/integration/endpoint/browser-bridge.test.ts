import { describe, expect, vi } from 'vitest';
import { WebSocket as Socket } from 'ws';
import type { ConnectionInfo } from '#src/renderer/bridge/bridge';
import { createWebBridge } from '#src/renderer/bridge/web-bridge';
import type { WebEnvironment } from '#src/renderer/bridge/web-environment';
import type { StreamMessage } from '#src/shared/contract/stream';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { disposing } from '#tests/support/fixtures';
import { hostTest } from '#tests/support/hosts/test-host';

const test = hostTest
  .extend('sockets', (): Socket[] => [])
  .extend('kept', () => new Map<string, string>())
  /** A page of this host, with real sockets, real requests and real time. */
  .extend('environment', ({ host, sockets, kept }): WebEnvironment => {
    let ticket: string | null = new URL(host.createSignInLink()).hash.replace('#ticket=', '');
    return {
      origin: host.url,
      storage: {
        getItem: (name) => kept.get(name) ?? null,
        setItem: (name, value) => void kept.set(name, value),
        removeItem: (name) => void kept.delete(name),
      },
      now: () => Date.now(),
      random: () => 0,
      after(delay, run) {
        const timer = setTimeout(run, delay);
        return () => clearTimeout(timer);
      },
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, Origin: host.url } }),
      openSocket(url, protocols) {
        const socket = new Socket(url, protocols, { origin: host.url });
        socket.on('error', () => {});
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      takeTicket() {
        const taken = ticket;
        ticket = null;
        return taken;
      },
      onWake: () => () => {},
      onStorage: () => () => {},
      onTicket: () => () => {},
    };
  })
  .extend('openPage', ({ environment }, { onCleanup }) =>
    disposing(
      onCleanup,
      () => openPage(environment),
      (page) => page.close(),
    ),
  );

function openPage(environment: WebEnvironment) {
  const bridge = createWebBridge(environment);
  const messages: StreamMessage[] = [];
  const states: ConnectionInfo[] = [];
  const close = bridge.open({ message: (message) => messages.push(message), connection: (info) => states.push(info) });
  const until = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 });
  return { bridge, messages, states, until, close };
}

const eventsOf = (messages: StreamMessage[]) =>
  messages.flatMap((message) => (message.type === 'batch' ? message.events : []));

describe("the browser's bridge on the real endpoint", () => {
  test('signs in with the link, shows what there is, and every change', async ({ host, holder, openPage }) => {
    const { session } = host.newSession(holder);
    const { messages, states, bridge, until } = openPage();
    await until(() => expect(states.at(-1)?.state).toBe('live'));
    expect(messages.at(-1)).toMatchObject({ type: 'snapshot', sessions: [session] });
    host.services.manager.disconnect(session.session_id, { kind: 'admin' });
    await until(() => expect(eventsOf(messages).at(-1)?.kind).toBe('session_disconnected'));
    expect((await bridge.invoke('app.info', {})).url).toBe(host.url);
    await expect(bridge.invoke('sessions.get', { session_id: 'unknown' })).rejects.toMatchObject({
      code: 'session_not_found',
    });
  });

  test('comes back by itself when its socket is cut, and misses nothing', async ({ host, sockets, openPage }) => {
    const { messages, states, until } = openPage();
    await until(() => expect(states.at(-1)?.state).toBe('live'));
    const start = host.services.store.events.newestSeq();
    sockets.at(-1)?.terminate();
    const holder = host.newClient();
    host.newSession(holder);
    await until(() => expect(sockets).toHaveLength(2));
    await until(() => expect(states.at(-1)?.state).toBe('live'));
    host.newSession(holder);
    const newest = host.services.store.events.newestSeq();
    await until(() => expect(eventsOf(messages).at(-1)?.seq).toBe(newest));
    expect(eventsOf(messages).map(({ seq }) => seq)).toEqual([1, 2, 3].map((n) => start + n));
    expect(messages.filter(({ type }) => type === 'snapshot')).toHaveLength(1);
  });

  test('says that it is signed out when its token ends', async ({ host, kept, openPage }) => {
    const { states, until } = openPage();
    await until(() => expect(states.at(-1)?.state).toBe('live'));
    const [token = ''] = kept.values();
    await new Api(host, token).post(WEB.signOut);
    await until(() =>
      expect(states.at(-1)).toMatchObject({ state: 'offline', problem: expect.stringContaining('not signed in') }),
    );
    expect([...kept.values()]).toEqual([]);
  });
});
