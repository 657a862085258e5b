import fc from 'fast-check';
import { describe, expect, test as plain } from 'vitest';
import type { Client } from '#src/shared/contract/client';
import type { Session } from '#src/shared/contract/session';
import { HoldfastError } from '#src/shared/errors';
import { evolve } from '#src/shared/model/evolve';
import { hasEnded, isAttached } from '#src/shared/model/session';
import { MINUTE, SECOND } from '#src/shared/model/units';
import { ADMIN, codeOf, Harness, harnessTest, makeProcess } from './harness';

/* Clients of the revision without sessions (MCP 2026-07-28): each has one session at an address, which all its chats share. */

const MODERN = { era: 'stateless', process: null } as const;

function newClient(house: Harness, name: string, policy: Client['policy']): Client {
  const { client_id } = house.clients.create({ name, type: 'other', policy });
  return { ...house.clients.get(client_id), ...house.clients.setMayTakeOver(client_id, true), policy };
}

/** One client without sessions, as the endpoint keeps it: one transport, another one when that has ended. */
class Modern {
  transport: string | null = null;
  private readonly house: Harness;
  readonly client: Client;

  constructor(house: Harness, name: string) {
    this.house = house;
    this.client = newClient(house, name, 'stateless');
  }

  request(work = true): Session {
    const { manager } = this.house;
    const enter = () => {
      this.transport ??= this.house.open(this.client, MODERN);
      return manager.enter(this.transport, work, this.client).session;
    };
    try {
      return enter();
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'session_not_found') throw error;
      this.transport = null;
      return enter();
    }
  }

  news(): string | null {
    const record = this.house.manager.findTransport(this.transport ?? '', this.client.client_id);
    return (record && this.house.manager.takeNews(record, this.client)?.went.client) ?? null;
  }
}

const test = harnessTest
  .extend('modern', ({ house }) => new Modern(house, 'Modern'))
  .extend('heir', ({ house }) => newClient(house, 'Cursor', 'sessionful'));

const offer = (house: Harness, session: Session, to: Client) =>
  house.manager.offerSession(session.session_id, to, false, 'window');
const invite = async (house: Harness, session: Session, to: Client) =>
  (await house.manager.offerSession(session.session_id, to, true, 'window')).invitation ?? '';

describe('the session of a client without sessions', () => {
  test('goes to another client, and the old one is told once, also after a kill', async ({ house, modern, heir }) => {
    const mine = modern.request();
    const old = modern.transport ?? '';
    await offer(house, mine, heir);
    expect(modern.request().session_id, 'until then nothing changes').toBe(mine.session_id);
    const taken = house.connect(heir, { process: makeProcess(3000) });
    expect(taken.session).toMatchObject({
      session_id: mine.session_id,
      client_id: heir.client_id,
      era: 'sessionful',
      last_reconnect_cause: 'taken_over',
    });
    expect(house.effects.at(-1)).toEqual({ effect: 'ended', transport: old });
    await house.restart('kill', SECOND);
    modern.transport = null;
    expect(modern.request().session_id).not.toBe(mine.session_id);
    expect(modern.news()).toBe('Cursor');
    house.clock.advance(2 * SECOND);
    expect(modern.news()).toBeNull();
  });

  test('is not offered to the client that has it, whose chats all share it', async ({ house, modern }) => {
    expect(await codeOf(() => offer(house, modern.request(), modern.client))).toBe('handover_impossible');
    expect(await codeOf(() => invite(house, modern.request(), modern.client))).toBe('handover_impossible');
  });
});

describe('a client without sessions', () => {
  test('takes a session over with its next request, and has it after a restart', async ({ house, client, modern }) => {
    const { session, transport } = house.connect(client);
    await offer(house, session, modern.client);
    expect(modern.request()).toMatchObject({
      session_id: session.session_id,
      client_id: modern.client.client_id,
      era: 'stateless',
    });
    expect(house.manager.findTransport(transport, client.client_id)).toBeNull();
    await house.restart('kill', SECOND);
    modern.transport = null;
    expect(modern.request().session_id).toBe(session.session_id);
  });

  test('does so in place of a session that it has left, which is kept', async ({ house, client, modern }) => {
    const own = modern.request();
    house.clock.advance(31 * MINUTE);
    expect(house.session(own.session_id).status).toBe('disconnected');
    const { session } = house.connect(client);
    await offer(house, session, modern.client);
    expect(modern.request().session_id).toBe(session.session_id);
    expect(house.session(own.session_id).status).toBe('disconnected');
    expect(modern.request().session_id).toBe(session.session_id);
  });

  test('that uses a session of its own takes another one only knowingly, and can have its own back', async ({
    house,
    client,
    modern,
  }) => {
    const own = modern.request();
    const { session } = house.connect(client);
    await expect(offer(house, session, modern.client)).rejects.toThrow(/Make an invitation/);
    const invitation = await invite(house, session, modern.client);
    expect(modern.request().session_id, 'a request alone takes nothing').toBe(own.session_id);
    await house.reconnect(session.session_id, invitation, modern.client, modern.transport);
    expect(modern.request().session_id).toBe(session.session_id);
    expect(house.session(own.session_id)).toMatchObject({ status: 'disconnected', client_id: modern.client.client_id });
    const back = await invite(house, own, modern.client);
    await house.reconnect(own.session_id, back, modern.client, modern.transport);
    expect(modern.request().session_id).toBe(own.session_id);
    expect(house.session(session.session_id)).toMatchObject({ status: 'disconnected' });
  });

  test('leaves nothing behind that was made only to take the invitation', async ({ house, client, modern }) => {
    const { session } = house.connect(client);
    const invitation = await invite(house, session, modern.client);
    const looked = modern.request(false);
    await house.reconnect(session.session_id, invitation, modern.client, modern.transport);
    expect(house.session(looked.session_id).status).toBe('closed');
  });

  test('at the address of one server gets no invitation, as no tool there takes one', async ({
    house,
    client,
    modern,
  }) => {
    const transport = house.open(client, { server: 'files' });
    const { session } = house.manager.enter(transport, true, client);
    await expect(invite(house, session, modern.client)).rejects.toThrow(/address of one server/);
  });
});

interface World {
  readonly house: Harness;
  readonly modern: Modern[];
  readonly classic: { client: Client; transports: string[] }[];
  readonly invitations: { token: string; session: string; client: Client; transport: () => string | null }[];
  processes: number;
}

type Act = (world: World) => unknown;

const all = ({ house }: World): Session[] =>
  house.store.sessions.page({ include_probes: true, sort: 'created_at', order: 'asc', limit: 200, offset: 0 }).sessions;

async function tolerated(work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    // Refusals are the point; what must never be is checked afterwards.
    if (!(error instanceof HoldfastError)) throw error;
  }
}

function connectAnew(world: World, which: number): void {
  const one = world.classic[which];
  if (!one) return;
  world.processes += 1;
  const transport = world.house.open(one.client, { process: makeProcess(5_000 + world.processes) });
  one.transports.push(transport);
  world.house.manager.enter(transport, true, one.client);
}

const who = fc.integer({ min: 0, max: 3 });
const ACTS: fc.Arbitrary<Act>[] = [
  fc.nat(1).map((n) => (world: World) => world.modern[n]?.request()),
  fc.nat(1).map((n) => (world: World) => connectAnew(world, n)),
  fc.tuple(fc.nat(1), fc.nat(3)).map(([n, back]) => (world: World) => {
    const one = world.classic[n];
    const transport = one?.transports.at(-1 - back);
    if (one && transport) world.house.manager.enter(transport, true, one.client);
  }),
  fc.tuple(fc.nat(5), who, fc.boolean()).map(([back, to, invited]) => async (world: World) => {
    const session = all(world).at(-1 - back);
    const modern = world.modern[to];
    const classic = world.classic[to - 2];
    const client = modern?.client ?? classic?.client;
    if (!session || !client) return;
    const { invitation } = await world.house.manager.offerSession(session.session_id, client, invited, 'window');
    const transport = () => modern?.transport ?? classic?.transports.at(-1) ?? null;
    if (invitation !== null)
      world.invitations.push({ token: invitation, session: session.session_id, client, transport });
  }),
  fc.nat(3).map((back) => async ({ invitations, house }: World) => {
    const one = invitations.at(-1 - back);
    if (one) await house.reconnect(one.session, one.token, one.client, one.transport());
  }),
  fc.nat(5).map((back) => (world: World) => {
    const session = all(world).at(-1 - back);
    if (session) world.house.manager.setPinned(session.session_id, ADMIN, !session.pinned, 'window');
  }),
  fc.constantFrom(SECOND, 40 * SECOND, 6 * MINUTE, 31 * MINUTE).map((time) => ({ house }: World) => {
    house.clock.advance(time);
    house.manager.tick();
  }),
  fc.constantFrom('stop' as const, 'kill' as const).map((how) => async (world: World) => {
    await world.house.restart(how, 3 * SECOND);
    for (const one of world.modern) one.transport = null;
  }),
];

/** What holds whatever happened: a session has one client, nobody else has a way to it, and the log tells the same. */
function expectSound(world: World): void {
  const { house, modern } = world;
  house.manager.flush();
  const sessions = all(world);
  for (const session of sessions) {
    const open = house.store.transports.openOf(session.session_id);
    expect(new Set(open.map(({ client_id }) => client_id)).size, session.session_id).toBeLessThanOrEqual(1);
    for (const transport of open) expect(transport.client_id as string).toBe(session.client_id);
    const events = house.events.filter((event) => event.session_id === session.session_id);
    expect(events.reduce<Session | null>(evolve, null)).toEqual(session);
    const taken = events.filter(
      (event) => event.kind === 'session_reconnected' && event.payload.cause === 'taken_over',
    );
    expect(session.reconnect_count).toBeGreaterThanOrEqual(taken.length);
  }
  for (const { client } of modern) {
    const used = sessions.filter(({ client_id, status }) => client_id === client.client_id && isAttached(status));
    expect(used.length, 'all chats of such a client are in one session').toBeLessThanOrEqual(1);
  }
  expect(house.problems).toEqual([]);
}

plain(
  'whatever clients of both eras offer and take, a session is in one place',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(...ACTS), { minLength: 5, maxLength: 60 }), async (acts) => {
        const house = await Harness.open();
        try {
          const world: World = {
            house,
            modern: ['M1', 'M2'].map((name) => new Modern(house, name)),
            classic: ['C1', 'C2'].map((name) => ({ client: newClient(house, name, 'sessionful'), transports: [] })),
            invitations: [],
            processes: 0,
          };
          for (const act of acts) {
            await tolerated(() => act(world));
            expectSound(world);
          }
        } finally {
          house.close();
        }
      }),
      { numRuns: Number(process.env.HOLDFAST_MODEL_RUNS ?? 6), endOnFailure: true },
    );
  },
  60_000,
);

plain('a session goes back and forth twenty times, between the eras, and is in one place each time', async () => {
  const house = await Harness.open();
  try {
    const modern = new Modern(house, 'Modern');
    const classic = newClient(house, 'Classic', 'sessionful');
    const { session } = house.connect(classic);
    house.manager.setPinned(session.session_id, ADMIN, true, 'window');
    for (let turn = 1; turn <= 20; turn += 1) {
      const isTheirs = turn % 2 === 1;
      house.clock.advance(SECOND);
      await offer(house, session, isTheirs ? modern.client : classic);
      const taken = isTheirs ? modern.request() : house.connect(classic, { process: makeProcess(turn) }).session;
      expect(taken).toMatchObject({ session_id: session.session_id, reconnect_count: turn, pinned: true });
      expect(house.store.transports.openOf(session.session_id)).toHaveLength(1);
    }
    expect(modern.request().session_id).not.toBe(session.session_id);
    expect(hasEnded(house.session(session.session_id).status)).toBe(false);
  } finally {
    house.close();
  }
});
