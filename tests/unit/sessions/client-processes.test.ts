import { describe, expect } from 'vitest';
import type { Session } from '#src/shared/contract/session';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { codeOf, makeProcess, harnessTest as test } from './harness';

const CLAUDE = { name: 'claude-code' };
const SCRIPT = { name: 'my agent' };
const ONE = makeProcess(1);
const TWO = makeProcess(2);

describe('another process', () => {
  test.for([
    { program: CLAUDE, how: 'stop' },
    { program: CLAUDE, how: 'kill' },
    { program: SCRIPT, how: 'stop' },
    { program: SCRIPT, how: 'kill' },
  ] as const)(
    'of $program.name gets a session of its own after a $how, and the old id still has its own',
    async ({ program, how }, { house, client }) => {
      const a = house.connect(client, { ...program, process: ONE });
      house.manager.streamOpened(a.transport);
      await house.restart(how, 8 * SECOND);
      house.clock.advance(SECOND);
      const b = house.connect(client, { ...program, process: TWO });
      expect(b.session.session_id).not.toBe(a.session.session_id);
      expect(house.manager.enter(a.transport, true, client).session.session_id).toBe(a.session.session_id);
      expect(house.manager.enter(b.transport, true, client).session.session_id).toBe(b.session.session_id);
    },
  );

  test('does not join the return of the first, by its old id or anew', async ({ house, client }) => {
    const a = house.connect(client, { ...CLAUDE, process: ONE });
    await house.restart('kill', SECOND);
    house.manager.enter(a.transport, true, client);
    expect(house.connect(client, { ...CLAUDE, process: TWO }).session.session_id).not.toBe(a.session.session_id);
    await house.restart('kill', SECOND);
    expect(house.connect(client, { ...CLAUDE, process: ONE }).session.session_id).toBe(a.session.session_id);
    expect(house.connect(client, { ...CLAUDE, process: makeProcess(3) }).session.session_id).not.toBe(
      a.session.session_id,
    );
  });

  test('with the id of one that ended is not taken for it', ({ house, client }) => {
    const a = house.connect(client, { ...CLAUDE, process: ONE });
    house.manager.streamOpened(a.transport)();
    house.clock.advance(21 * SECOND);
    const reused = makeProcess(1, { started: 'boot:99' });
    expect(house.connect(client, { ...CLAUDE, process: reused }).session.session_id).not.toBe(a.session.session_id);
  });
});

describe('the same process', () => {
  test('that initializes anew after a restart comes back, each of two side by side to its own', async ({
    house,
    client,
  }) => {
    const [a, b] = [ONE, TWO].map((process) => house.connect(client, { ...CLAUDE, process }));
    await house.restart('kill', 40 * MINUTE);
    house.clock.advance(20 * MINUTE);
    expect(house.connect(client, { ...CLAUDE, process: TWO }).session.session_id).toBe(b?.session.session_id);
    expect(house.connect(client, { ...CLAUDE, process: ONE }).session.session_id).toBe(a?.session.session_id);
  });

  test('of a script begins a new chat after it closed the last one', ({ house, client }) => {
    const ids = [1, 2, 3].map(() => {
      const { transport, session } = house.connect(client, { ...SCRIPT, process: ONE });
      house.manager.streamOpened(transport)();
      house.clock.advance(3 * SECOND);
      return session.session_id;
    });
    expect(new Set(ids).size).toBe(3);
  });

  test('of a script, when the last chat was closed before a restart, begins a new one', async ({ house, client }) => {
    const a = house.connect(client, { ...SCRIPT, process: ONE });
    house.manager.streamOpened(a.transport)();
    await house.restart('kill', SECOND);
    house.clock.advance(10 * SECOND);
    expect(house.connect(client, { ...SCRIPT, process: ONE }).session.session_id).not.toBe(a.session.session_id);
  });

  test('of a script waits after a restart until the first chat is back, and is a second one then', async ({
    house,
    client,
  }) => {
    const a = house.connect(client, { ...SCRIPT, process: ONE });
    house.manager.streamOpened(a.transport);
    await house.restart('stop', SECOND);
    const b = house.open(client, { ...SCRIPT, process: ONE });
    expect(house.manager.undecidedFor(b)).toBeGreaterThan(0);
    house.clock.advance(2 * SECOND);
    house.manager.enter(a.transport, false, client);
    expect(house.manager.undecidedFor(b)).toBe(0);
    expect(house.manager.enter(b, true, client).session.session_id).not.toBe(a.session.session_id);
  });

  test('of a script comes back when the first chat’s stream does not, unless that may have given up', async ({
    house,
    client,
  }) => {
    const a = house.connect(client, { ...SCRIPT, process: ONE });
    house.manager.streamOpened(a.transport);
    await house.restart('stop', SECOND);
    const b = house.open(client, { ...SCRIPT, process: ONE });
    house.clock.advance(house.manager.undecidedFor(b));
    expect(house.manager.undecidedFor(b)).toBe(0);
    expect(house.manager.enter(b, true, client).session.session_id).toBe(a.session.session_id);
    house.manager.streamOpened(b);
    await house.restart('stop', 8 * SECOND);
    const c = house.open(client, { ...SCRIPT, process: ONE });
    expect(house.manager.undecidedFor(c)).toBe(0);
    expect(house.manager.enter(c, true, client).session.session_id).not.toBe(a.session.session_id);
  });

  test('of a script that never had a stream comes back after a restart', async ({ house, client }) => {
    const a = house.connect(client, { ...SCRIPT, process: ONE });
    await house.restart('kill', 10 * MINUTE);
    expect(house.connect(client, { ...SCRIPT, process: ONE }).session.session_id).toBe(a.session.session_id);
  });
});

describe('a process that has ended', () => {
  test('disconnects its session at once, for its own reason, and the session stays resumable', ({ house, client }) => {
    const a = house.connect(client, { ...CLAUDE, process: ONE });
    const b = house.connect(client, { ...CLAUDE, process: TWO });
    expect(house.manager.processesInUse(null)).toEqual([ONE, TWO]);
    house.manager.processesEnded([ONE]);
    expect(house.timeline(a.session.session_id).at(-1)).toMatchObject({
      kind: 'session_disconnected',
      payload: { reason: 'client_ended', contact_lost_at: house.clock.now() },
    });
    expect(house.session(b.session.session_id).status).toBe('active');
    expect(house.manager.processesInUse(null)).toEqual([TWO]);
    expect(house.manager.enter(a.transport, true, client).session).toMatchObject({
      session_id: a.session.session_id,
      last_reconnect_cause: 'resumed',
    });
  });

  test('does not disconnect a session that another process, or an unknown one, is in too', async ({
    house,
    client,
  }) => {
    const a = house.connect(client, { ...CLAUDE, process: ONE });
    const token = await house.issue(a.session.session_id, client);
    await house.reconnect(a.session.session_id, token, client, house.open(client, { ...CLAUDE, process: TWO }));
    house.manager.processesEnded([ONE]);
    expect(house.session(a.session.session_id)).toMatchObject({ status: 'active', client_process: TWO });
    const unknown = house.connect(client, { ...CLAUDE, process: null });
    house.manager.processesEnded([TWO]);
    expect(house.session(a.session.session_id).status).toBe('disconnected');
    expect(house.session(unknown.session.session_id).status).toBe('active');
  });

  test('does not disconnect a session that waits for the transport of its client', async ({ house, client }) => {
    const a = house.connect(client, { ...CLAUDE, process: ONE });
    const token = await house.issue(a.session.session_id, client);
    house.manager.processesEnded([ONE]);
    await house.reconnect(a.session.session_id, token, client);
    house.manager.processesEnded([ONE]);
    expect(house.session(a.session.session_id).status).toBe('active');
    expect(house.connect(client, { ...CLAUDE, process: TWO }).session.session_id).toBe(a.session.session_id);
  });

  test('leaves its session to the next process only by the client’s setting, in the same folder', ({
    house,
    client,
  }) => {
    const first = house.connect(client, { ...CLAUDE, process: ONE });
    house.manager.processesEnded([ONE]);
    house.clock.advance(HOUR);
    const anew = house.connect(client, { ...CLAUDE, process: TWO });
    expect(anew.session.session_id).not.toBe(first.session.session_id);
    const lasting = house.clients.setNewProcess(client.client_id, 'last_session');
    const elsewhere = makeProcess(3, { folder: '~/blog' });
    expect(house.connect(lasting, { ...CLAUDE, process: elsewhere }).session.reconnect_count).toBe(0);
    house.clock.advance(SECOND);
    // The process of `anew` is still there; the last session whose process is not is the first one.
    expect(house.connect(lasting, { ...CLAUDE, process: makeProcess(4) }).session.session_id).toBe(
      first.session.session_id,
    );
    house.clock.advance(SECOND);
    house.manager.enter(anew.transport, true, lasting);
    house.manager.flush();
    house.manager.processesEnded([TWO, makeProcess(4)]);
    // Both are free now: the last one is the one that was used last.
    const last = [first, anew]
      .map(({ session }) => house.session(session.session_id))
      .sort(byActivity)
      .at(-1);
    expect(house.connect(lasting, { ...CLAUDE, process: makeProcess(5) }).session.session_id).toBe(last?.session_id);
  });
});

describe('a process that cannot be known', () => {
  const UNKNOWN = { ...CLAUDE, process: null };

  test('gets a session that waits only after the whole re-attach window', async ({ house, client }) => {
    const a = house.connect(client, UNKNOWN);
    await house.restart('kill', SECOND);
    house.clock.advance(house.policy.reattachWindow - SECOND);
    const early = house.connect(client, UNKNOWN);
    expect(early.session.session_id).not.toBe(a.session.session_id);
    house.manager.close(early.session.session_id, { kind: 'admin' }, 'user');
    house.clock.advance(2 * SECOND);
    expect(house.connect(client, UNKNOWN).session.session_id).toBe(a.session.session_id);
    expect(await codeOf(() => house.manager.enter(a.transport, true, client))).toBe('session_not_found');
  });

  test('gets none of a process that may still run, none of long ago, and none if there are several', async ({
    house,
    client,
  }) => {
    const known = house.connect(client, { ...CLAUDE, process: ONE });
    await house.restart('kill', SECOND);
    house.clock.advance(3 * MINUTE);
    const a = house.connect(client, UNKNOWN);
    expect(a.session.session_id).not.toBe(known.session.session_id);
    await house.restart('kill', SECOND);
    house.clock.advance(31 * MINUTE);
    const b = house.connect(client, UNKNOWN);
    expect(b.session.session_id).not.toBe(a.session.session_id);
    await house.restart('kill', SECOND);
    house.manager.enter(a.transport, true, client);
    await house.restart('kill', SECOND);
    house.clock.advance(3 * MINUTE);
    expect([a.session.session_id, b.session.session_id]).not.toContain(
      house.connect(client, UNKNOWN).session.session_id,
    );
  });
});

describe('a process that became known late', () => {
  test('is that of the transport, as long as that has no session', ({ house, client }) => {
    const transport = house.open(client, { ...CLAUDE, process: null });
    house.manager.identifyTransport(transport, ONE);
    const { session } = house.manager.enter(transport, true, client);
    expect(session.client_process).toEqual(ONE);
    house.manager.identifyTransport(transport, TWO);
    expect(house.store.transports.get(transport)?.client_process).toEqual(ONE);
  });
});

const byActivity = (a: Session, b: Session): number => a.last_activity - b.last_activity;
