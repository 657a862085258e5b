import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { ConnectionInfo } from '#src/renderer/bridge/bridge';
import { createElectronBridge } from '#src/renderer/bridge/electron-bridge';
import type { Envelope } from '#src/shared/contract/method';
import { STREAM_PORT } from '#src/shared/contract/preload';
import type { StreamMessage } from '#src/shared/contract/stream';
import { HoldfastError } from '#src/shared/errors';
import { SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

const heartbeat: StreamMessage = { type: 'heartbeat', epoch: 'e1', seq: 1, at: 0 };

/** The bridge between a page and a main process that answers by real message ports. */
function setUp(invoke: (method: string) => Promise<Envelope> = async () => ({ ok: true, value: null })) {
  const clock = new FakeClock();
  const page = new EventTarget();
  const infos: ConnectionInfo[] = [];
  const messages: StreamMessage[] = [];
  const replies = new EventTarget();
  const asked = { streams: 0 };
  const cancels = new Map<unknown, () => void>();
  let heard: () => void = () => {};
  const bridge = createElectronBridge(
    {
      invoke,
      openStream: () => {
        asked.streams += 1;
      },
      platform: () => ({ os: 'linux', electron: '' }),
    },
    {
      page: page as never,
      now: () => clock.now(),
      setTimeout(run, ms) {
        const timer = {};
        cancels.set(timer, clock.after(ms, run));
        return timer;
      },
      clearTimeout: (timer) => cancels.get(timer)?.(),
    },
  );
  const close = bridge.open({
    message: (message) => {
      messages.push(message);
      heard();
    },
    connection: (info) => infos.push(info),
  });
  return {
    bridge,
    clock,
    infos,
    messages,
    asked,
    replies,
    close,
    state: () => infos.at(-1)?.state,
    /** What the preload script does with a port from the main process. */
    deliverPort(name = STREAM_PORT): MessagePort {
      const { port1, port2 } = new MessageChannel();
      open.push(port1, port2);
      page.dispatchEvent(new MessageEvent('message', { data: name, ports: [port2 as never] }));
      return port1 as MessagePort;
    },
    async say(port: MessagePort, message: StreamMessage): Promise<void> {
      const arrived = new Promise<void>((done) => {
        heard = done;
      });
      port.postMessage(message);
      await arrived;
    },
  };
}

describe('the Electron bridge', () => {
  test('is live as soon as the stream speaks, and says when it was heard', async () => {
    const { clock, infos, messages, deliverPort, say, state, asked } = setUp();
    expect(asked.streams).toBe(1);
    expect(infos.at(-1)).toMatchObject({ state: 'reconnecting', heard_at: null });
    await say(deliverPort(), heartbeat);
    expect(state()).toBe('live');
    expect(infos.at(-1)?.heard_at).toBe(clock.now());
    expect(messages).toEqual([heartbeat]);
  });

  test('says once a second that it is heard, however much comes', async () => {
    const { clock, infos, messages, deliverPort, say } = setUp();
    const port = deliverPort();
    await say(port, heartbeat);
    const told = infos.length;
    for (let count = 0; count < 20; count += 1) {
      clock.advance(100);
      await say(port, heartbeat);
    }
    expect(messages).toHaveLength(21);
    expect(infos.length - told).toBe(2);
    expect(infos.at(-1)).toMatchObject({ state: 'live', heard_at: clock.now() });
  });

  test('says so, too, when the wall clock is set back', async () => {
    const { clock, infos, deliverPort, say } = setUp();
    const port = deliverPort();
    await say(port, heartbeat);
    clock.setBy(-3_600 * SECOND);
    await say(port, heartbeat);
    expect(infos.at(-1)).toMatchObject({ state: 'live', heard_at: clock.now() });
  });

  test('sends acknowledgements and the wish for a snapshot through the port', async () => {
    const { bridge, deliverPort, say } = setUp();
    const port = deliverPort();
    await say(port, heartbeat);
    const replies: unknown[] = [];
    const two = new Promise<void>((done) => {
      port.onmessage = ({ data }) => {
        replies.push(data);
        if (replies.length === 2) done();
      };
    });
    bridge.ack(7);
    bridge.resync();
    await two;
    expect(replies).toEqual([{ type: 'ack', to_seq: 7 }, { type: 'resync' }]);
  });

  test('reopens the stream after 12 s of silence, then ever more slowly, and finally goes offline', async () => {
    const { clock, deliverPort, say, state, asked, infos } = setUp();
    await say(deliverPort(), heartbeat);
    clock.advance(11 * SECOND);
    expect(state()).toBe('live');
    clock.advance(SECOND);
    expect(state()).toBe('reconnecting');
    expect(infos.at(-1)?.problem).toMatch(/is not responding/);
    expect(asked.streams).toBe(2);
    clock.advance(SECOND);
    expect(asked.streams).toBe(3);
    clock.advance(SECOND);
    expect(asked.streams, 'the second wait is longer').toBe(3);
    clock.advance(60 * SECOND);
    expect(state()).toBe('offline');
    const before = asked.streams;
    clock.advance(10 * SECOND);
    expect(asked.streams, 'it never gives up').toBe(before + 1);
    await say(deliverPort(), heartbeat);
    expect(state()).toBe('live');
  });

  test('keeps alive by heartbeats alone', async () => {
    const { clock, deliverPort, say, state, asked } = setUp();
    const port = deliverPort();
    for (let beat = 0; beat < 20; beat += 1) {
      await say(port, heartbeat);
      clock.advance(5 * SECOND);
    }
    expect(state()).toBe('live');
    expect(asked.streams).toBe(1);
  });

  test('stops when told and tries only when told again', async () => {
    const { bridge, clock, deliverPort, say, state, asked } = setUp();
    const port = deliverPort();
    await say(port, heartbeat);
    const closed = once(port as never, 'close');
    bridge.disconnect();
    await closed;
    expect(state()).toBe('offline');
    clock.advance(600 * SECOND);
    expect(asked.streams).toBe(1);
    expect(clock.pending).toBe(0);
    bridge.reconnectNow();
    expect(asked.streams).toBe(2);
    await say(deliverPort(), heartbeat);
    expect(state()).toBe('live');
  });

  test('lets go of everything when closed', async () => {
    const { clock, close, deliverPort, say, asked } = setUp();
    await say(deliverPort(), heartbeat);
    close();
    clock.advance(600 * SECOND);
    expect(asked.streams).toBe(1);
    expect(clock.pending).toBe(0);
  });

  test('takes no port from a message of another kind', async () => {
    const { deliverPort, say, messages } = setUp();
    const foreign = deliverPort('other');
    const port = deliverPort();
    foreign.postMessage(heartbeat);
    await say(port, { ...heartbeat, seq: 2 });
    expect(messages).toEqual([{ ...heartbeat, seq: 2 }]);
  });

  test('turns a failure into an error with its code and sentence', async () => {
    const error = { code: 'session_not_active', message: 'Bring it back first.', retryable: false } as const;
    const { bridge } = setUp(async () => ({ ok: false, error }));
    const failure = await bridge.invoke('app.info', {}).catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(HoldfastError);
    expect(failure).toMatchObject({ code: 'session_not_active', message: 'Bring it back first.' });
  });

  test('waits 15 s for an answer and no longer, and leaves no timer behind', async () => {
    const { bridge, clock, close } = setUp((method) =>
      method === 'app.info' ? new Promise(() => {}) : Promise.resolve({ ok: true, value: { clients: [] } }),
    );
    const late = bridge.invoke('app.info', {}).catch((thrown: unknown) => thrown);
    clock.advance(15 * SECOND);
    expect(await late).toMatchObject({ message: expect.stringMatching(/within 15 s/) });
    await bridge.invoke('clients.list', {});
    close();
    expect(clock.pending).toBe(0);
  });
});
