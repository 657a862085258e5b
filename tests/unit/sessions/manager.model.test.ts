import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Session } from '#src/shared/contract/session';
import { HoldfastError } from '#src/shared/errors';
import { evolve } from '#src/shared/model/evolve';
import { DEFAULT_POLICY, type SessionPolicy } from '#src/shared/model/policy';
import { HOUR, SECOND } from '#src/shared/model/units';
import { ADMIN, codeOf, Harness, makeProcess } from './harness';
import { type ModelTransport, ReferenceModel } from './reference-model';

/** The product's rules on a smaller scale, so that a few hundred ticks see all of them. */
const POLICY: SessionPolicy = {
  ...DEFAULT_POLICY,
  idleAfter: 10 * SECOND,
  streamGrace: 4 * SECOND,
  quietAfter: 60 * SECOND,
  retention: 240 * SECOND,
  reattachWindow: 20 * SECOND,
  coalesceWindow: 3 * SECOND,
  tokenLife: 100 * SECOND,
  retryGrace: 5 * SECOND,
};
/** Programs that keep one chat in one process. */
const NAMES = ['claude desktop', 'cursor editor'];

type Done = (call: { method: string; name: string | null; ok: boolean } | null) => void;

/** The real domain beside what the model numbers: the n-th transport, session and token of both are the same. */
interface Real {
  house: Harness;
  clients: ReturnType<Harness['client']>[];
  /** The processes of each client that run now: two, which are two chats. */
  running: [number, number][];
  /** How many processes there were so far; each has a number of its own. */
  processes: number;
  transports: string[];
  sessions: string[];
  tokens: string[];
  invitations: string[];
  streams: { transport: number; close: () => void }[];
  requests: { transport: number; done: Done }[];
}

type Step = (model: ReferenceModel, real: Real) => void | Promise<void>;

class Command implements fc.AsyncCommand<ReferenceModel, Real> {
  private readonly name: string;
  private readonly step: Step;

  constructor(name: string, step: Step) {
    this.name = name;
    this.step = step;
  }

  check = () => true;

  async run(model: ReferenceModel, real: Real): Promise<void> {
    await this.step(model, real);
    compare(model, real);
  }

  toString = () => this.name;
}

/** One command, as often as its weight says. */
const command = <T>(
  weight: number,
  name: string,
  input: fc.Arbitrary<T>,
  step: (model: ReferenceModel, real: Real, input: T) => void | Promise<void>,
): fc.Arbitrary<Command>[] => {
  const show = (value: T) => `${name}(${JSON.stringify(value)})`;
  const one = input.map((value) => new Command(show(value), (model, real) => step(model, real, value)));
  return Array(weight).fill(one);
};

/** Mostly the first: things meet that belong to the same client and program. */
const mostlyFirst = fc.constantFrom(0, 0, 0, 1);
const role = fc.constantFrom('host' as const, 'guest' as const);
const shared = fc.option(role);
/** Who opens a transport: which of the clients, in which of its processes, and as which program. */
interface Opener {
  readonly client: number;
  readonly name: number;
  readonly process: number;
}
const opener: fc.Arbitrary<Opener> = fc.record({ client: mostlyFirst, name: mostlyFirst, process: mostlyFirst });
/** The newest things are the interesting ones: 0 is the last of the list. */
const recent = fc.nat(5);
const pick = <T>(list: readonly T[], back: number): { item: T; index: number } | null => {
  const index = list.length - 1 - (back % Math.max(list.length, 1));
  const item = list[index];
  return item === undefined ? null : { item, index };
};

const refused = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof HoldfastError) return error.code;
    throw error;
  }
};

/** A transport on both sides. */
function open(model: ReferenceModel, real: Real, { client, name, process }: Opener): void {
  const program = NAMES[name] ?? '';
  const number = real.running[client]?.[process] ?? 0;
  model.open(client, program, number);
  real.transports.push(real.house.open(real.clients[client] as never, { name: program, process: processOf(number) }));
}

/** Process ids come back; the number does not. */
const processOf = (number: number) => makeProcess(1_000 + (number % 5), { started: `boot:${number}` });

/** Enters on both sides; a session that this makes gets its number. */
function enter(model: ReferenceModel, real: Real, transport: ModelTransport, index: number, work: boolean): boolean {
  const expected = model.enter(transport, work);
  const client = real.clients[transport.client];
  let session: Session | null = null;
  const code = refused(() => {
    session = real.house.manager.enter(real.transports[index] ?? '', work, client as never).session;
  });
  if (expected === null) {
    expect(code).toBe('session_not_found');
    return false;
  }
  expect(code).toBeNull();
  const { session_id } = session as unknown as Session;
  const number = model.sessions.indexOf(expected);
  if (number === real.sessions.length) {
    expect(real.sessions).not.toContain(session_id);
    real.sessions.push(session_id);
  }
  expect(session_id).toBe(real.sessions[number]);
  return true;
}

const COMMANDS = [
  command(1, 'open', opener, open),
  command(3, 'enter', fc.record({ back: recent, work: fc.boolean() }), (model, real, { back, work }) => {
    const found = pick(model.transports, back);
    if (found) enter(model, real, found.item, found.index, work);
  }),
  command(3, 'connect', opener, (model, real, who) => {
    open(model, real, who);
    const found = pick(model.transports, 0);
    if (found) enter(model, real, found.item, found.index, true);
  }),
  command(3, 'open stream', recent, (model, real, back) => {
    const found = pick(model.transports, back);
    if (!found || !enter(model, real, found.item, found.index, false)) return;
    model.openStream(found.item);
    const close = real.house.manager.streamOpened(real.transports[found.index] ?? '');
    real.streams.push({ transport: found.index, close });
  }),
  command(3, 'close stream', recent, (model, real, back) => {
    const found = pick(real.streams, back);
    if (!found) return;
    real.streams.splice(found.index, 1);
    model.closeStream(model.transports[found.item.transport] as ModelTransport);
    found.item.close();
    found.item.close();
  }),
  command(2, 'start request', recent, (model, real, back) => {
    const found = pick(model.transports, back);
    if (!found || !enter(model, real, found.item, found.index, true)) return;
    model.startRequest(found.item);
    const done = real.house.manager.requestStarted(real.transports[found.index] ?? '');
    real.requests.push({ transport: found.index, done });
  }),
  command(
    3,
    'finish request',
    fc.record({ back: recent, outcome: fc.constantFrom(true, false, null) }),
    (model, real, { back, outcome }) => {
      const found = pick(real.requests, back);
      if (!found) return;
      real.requests.splice(found.index, 1);
      model.finishRequest(model.transports[found.item.transport] as ModelTransport, outcome);
      found.item.done(outcome === null ? null : { method: 'tools/call', name: 'echo', ok: outcome });
    },
  ),
  command(1, 'end transport', recent, (model, real, back) => {
    const found = pick(model.transports, back);
    if (!found) return;
    const known = model.end(found.item);
    const code = refused(() => real.house.manager.endTransport(real.transports[found.index] ?? ''));
    expect(code).toBe(known ? null : 'session_not_found');
  }),
  command(1, 'disconnect', recent, (model, real, back) => {
    const found = pick(model.sessions, back);
    if (!found) return;
    model.disconnect(found.item);
    real.house.manager.disconnect(real.sessions[found.index] ?? '', ADMIN);
  }),
  command(1, 'close', recent, (model, real, back) => {
    const found = pick(model.sessions, back);
    if (!found) return;
    model.close(found.item);
    real.house.manager.close(real.sessions[found.index] ?? '', ADMIN, 'user');
  }),
  command(4, 'issue token', recent, async (model, real, back) => {
    const found = pick(model.sessions, back);
    if (!found) return;
    const token = model.issue(found.item);
    const issue = () => real.house.issue(real.sessions[found.index] ?? '', real.clients[found.item.client] as never);
    if (token) real.tokens.push(await issue());
    else expect(await codeOf(issue)).toBe('session_not_active');
  }),
  command(6, 'use token', fc.record({ back: recent, by: fc.option(recent) }), async (model, real, { back, by }) => {
    const found = pick(model.tokens, back);
    if (!found) return;
    const { session } = found.item;
    const asking = by === null ? null : pick(model.transports, by);
    const number = model.sessions.indexOf(session);
    const use = () =>
      real.house.reconnect(
        real.sessions[number] ?? '',
        real.tokens[found.index] ?? '',
        real.clients[session.client] as never,
        asking && (real.transports[asking.index] ?? ''),
      );
    const verdict = model.use(found.item, asking?.item ?? null);
    if (verdict !== 'rotate' && verdict !== 'replay') {
      expect(await codeOf(use)).toBe(verdict);
      return;
    }
    const answer = await use();
    expect(answer.replayed).toBe(verdict === 'replay');
    expect(answer.reconnect_count).toBe(session.reconnect_count);
    if (verdict === 'rotate') real.tokens.push(answer.reconnect_token);
    else expect(answer.reconnect_token).toBe(real.tokens[model.tokens.findLastIndex((one) => one.session === session)]);
  }),
  command(
    2,
    'offer',
    fc.record({ back: recent, to: fc.constantFrom(0, 1), invited: fc.boolean(), share: shared }),
    async (model, real, { back, to, invited, share }) => {
      const found = pick(model.sessions, back);
      if (!found) return;
      const code = model.offer(found.item, to, invited, share);
      const id = real.sessions[found.index] ?? '';
      const offer = () =>
        real.house.manager.offerSession(id, real.clients[to] as never, invited, 'window', share ?? undefined);
      if (code) expect(await codeOf(offer)).toBe(code);
      else {
        const { invitation } = await offer();
        expect(invitation !== null).toBe(invited);
        if (invitation === null || !found.item.offer) return;
        model.invitations.push(found.item.offer);
        real.invitations.push(invitation);
      }
    },
  ),
  command(1, 'process ends', fc.record({ client: mostlyFirst, process: mostlyFirst }), (model, real, ends) => {
    const number = real.running[ends.client]?.[ends.process] ?? 0;
    model.processEnds(number);
    real.house.manager.processesEnded([processOf(number)]);
    const next = real.running[ends.client];
    if (next) next[ends.process as 0 | 1] = real.processes++;
  }),
  command(2, 'pin', fc.record({ back: recent, pinned: fc.boolean() }), (model, real, { back, pinned }) => {
    const found = pick(model.sessions, back);
    if (!found) return;
    const code = model.pin(found.item, pinned);
    const id = real.sessions[found.index] ?? '';
    expect(refused(() => real.house.manager.setPinned(id, ADMIN, pinned, 'window'))).toBe(code);
  }),
  command(
    1,
    'name',
    fc.record({ back: recent, label: fc.constantFrom('', 'the shop', 'mine') }),
    (model, real, one) => {
      const found = pick(model.sessions, one.back);
      if (!found) return;
      found.item.label = one.label;
      real.house.store.sessionNames.set(real.sessions[found.index] ?? '', one.label);
    },
  ),
  command(1, 'withdraw', recent, (model, real, back) => {
    const found = pick(model.sessions, back);
    if (!found) return;
    model.withdraw(found.item);
    real.house.manager.withdrawOffer(real.sessions[found.index] ?? '');
  }),
  command(1, 'stop sharing', recent, (model, real, back) => {
    const found = pick(model.sessions, back);
    if (!found) return;
    model.stopSharing(found.item);
    real.house.manager.stopSharing(real.sessions[found.index] ?? '');
  }),
  command(1, 'set asked', fc.record({ back: recent, asks: role }), (model, real, { back, asks }) => {
    const found = pick(model.sessions, back);
    if (!found || found.item.status === 'closed' || found.item.status === 'expired') return;
    const code = model.setAsked(found.item, asks) ? null : 'session_not_shared';
    const id = real.sessions[found.index] ?? '';
    expect(refused(() => real.house.manager.setAsked(id, asks, 'window'))).toBe(code);
  }),
  command(3, 'use invitation', fc.record({ back: recent, by: recent }), async (model, real, { back, by }) => {
    const found = pick(model.invitations, back);
    const asking = pick(model.transports, by);
    if (!found || !asking) return;
    const number = model.sessions.indexOf(found.item.session);
    const takeOver = () =>
      real.house.reconnect(
        real.sessions[number] ?? '',
        real.invitations[found.index] ?? '',
        real.clients[found.item.client] as never,
        real.transports[asking.index] ?? '',
      );
    const verdict = model.takeUp(found.item, asking.item);
    if (verdict !== 'taken' && verdict !== 'shared') {
      expect(await codeOf(takeOver)).toBe(verdict);
      return;
    }
    const answer = await takeOver();
    if (verdict === 'shared') {
      const guest = asking.item.session;
      if (guest && model.sessions.indexOf(guest) === real.sessions.length) real.sessions.push(answer.session_id);
      expect(answer).toMatchObject({ shared: true, reconnect_count: guest?.reconnect_count });
      real.tokens.push(answer.reconnect_token);
      return;
    }
    expect(answer).toMatchObject({ taken_over: true, reconnect_count: found.item.session.reconnect_count });
    real.tokens.push(answer.reconnect_token);
  }),
  command(
    5,
    'wait',
    fc.constantFrom(200, 200, 1_000, 1_000, 2_500, 2_500, 5_000, 5_000, 12_000, 25_000, 70_000, 250_000),
    (model, real, ms) => {
      for (let left = ms; left > 0; left -= SECOND) {
        const step = Math.min(left, SECOND);
        model.pass(step);
        real.house.clock.advance(step);
        model.tick();
        real.house.manager.tick();
      }
    },
  ),
  command(
    1,
    'sleep',
    fc.record({ ms: fc.constantFrom(16_000, 60_000, 8 * HOUR), first: fc.option(recent) }),
    (model, real, { ms, first }) => {
      model.sleep(ms);
      real.house.clock.sleep(ms);
      // What is noticed first on waking: a request, or the tick.
      const found = first === null ? null : pick(model.transports, first);
      if (found) enter(model, real, found.item, found.index, true);
      model.tick();
      real.house.manager.tick();
    },
  ),
  command(
    1,
    'restart',
    fc.record({
      how: fc.constantFrom('stop' as const, 'kill' as const),
      down: fc.constantFrom(0, 3_000, 30_000, 300_000),
    }),
    async (model, real, { how, down }) => {
      model.restart(how, down);
      real.streams.length = 0;
      real.requests.length = 0;
      await real.house.restart(how, down);
    },
  ),
].flat();

/** Everything that can be seen of every session and transport, in memory and on the disk, is as the model says. */
function compare(model: ReferenceModel, { house, sessions, transports, clients }: Real): void {
  house.manager.flush();
  expect(sessions).toHaveLength(model.sessions.length);
  for (const [i, expected] of model.sessions.entries()) {
    const seen = house.session(sessions[i] ?? '');
    const { client, name: client_name, status, degraded, probe, reconnect_count, last_reconnect_cause } = expected;
    const { last_activity, disconnected_at, calls, errors, pinned, process } = expected;
    expect(seen, `session ${i}`).toMatchObject({
      client_name,
      client_process: processOf(process),
      status,
      pinned,
      degraded,
      probe,
      reconnect_count,
      last_reconnect_cause,
      last_activity,
      calls,
      errors,
      client_id: clients[client]?.client_id,
      ...(status === 'closed' || status === 'expired' ? {} : { disconnected_at }),
    });
    expect(seen.offer?.client_id ?? null, `offer of session ${i}`).toBe(
      expected.offer && clients[expected.offer.client]?.client_id,
    );
    if (status !== 'closed' && status !== 'expired') {
      const { other, ...sharing } = expected.sharing ?? {};
      const modelled = other && { ...sharing, session_id: sessions[model.sessions.indexOf(other)] };
      if (modelled) expect(seen.sharing, `sharing of session ${i}`).toMatchObject(modelled);
      else expect(seen.sharing, `sharing of session ${i}`).toBeNull();
    }
    expect(house.store.sessions.get(sessions[i] ?? '')?.session, `row of session ${i}`).toEqual(seen);
    const open = house.store.transports.openOf(sessions[i] ?? '').map(({ transport_id }) => transport_id as string);
    const modelled = model.transportsOf(expected).map((one) => transports[model.transports.indexOf(one)] ?? '');
    expect(open.sort(), `transports of session ${i}`).toEqual(modelled.sort());
  }
  for (const [i, expected] of model.transports.entries()) {
    const seen = house.manager.findTransport(transports[i] ?? '', clients[expected.client]?.client_id ?? '');
    if (expected.ended) expect(seen, `transport ${i}`).toBeNull();
    else {
      const number = expected.session === null ? null : model.sessions.indexOf(expected.session);
      expect(seen?.session_id ?? null, `transport ${i}`).toBe(number === null ? null : sessions[number]);
    }
  }
  const labels = model.sessions.flatMap(({ label }, i) => (label === '' ? [] : [[sessions[i], label]]));
  expect(house.store.sessionNames.list(), 'a name stays with its session, whoever has it').toEqual(
    Object.fromEntries(labels),
  );
  expect(house.counts).toEqual(model.counts);
  const { active, idle } = model.counts;
  expect(house.manager.attachedCount()).toBe(active + idle);
  expect(house.problems).toEqual([]);
}

/** The log alone tells the same: folded, it gives the rows; it has no gaps; what was published is what was stored. */
function compareLog(model: ReferenceModel, { house, sessions, transports }: Real): void {
  const log = house.store.events.readAfter(0, 1_000_000);
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, i) => i + 1));
  expect(house.events).toEqual(log);
  const folded = new Map<string, Session | null>();
  for (const event of log) {
    if (event.session_id === null) continue;
    folded.set(event.session_id, evolve(folded.get(event.session_id) ?? null, event));
  }
  expect([...folded.keys()].sort()).toEqual([...sessions].sort());
  for (const id of sessions) expect(folded.get(id)).toEqual(house.store.sessions.get(id)?.session);
  const ended = house.effects.flatMap((one) => (one.effect === 'ended' ? [one.transport] : []));
  expect(new Set(ended).size, 'a transport ends once').toBe(ended.length);
  expect(ended.sort()).toEqual(model.transports.flatMap((one, i) => (one.ended ? [transports[i]] : [])).sort());
}

test('status, reconnect count, last activity and transports are right after any order of events, restarts and sleeps', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 80, size: 'max' }), async (commands) => {
      const house = await Harness.open({ policy: POLICY, ticks: false });
      try {
        const model = new ReferenceModel(POLICY, house.clock.now());
        const clients = ['One', 'Two'].map((name) => {
          const client = house.client(name);
          return { ...client, ...house.clients.setMayTakeOver(client.client_id, true) };
        });
        const real: Real = {
          house,
          clients,
          running: [
            [0, 1],
            [2, 3],
          ],
          processes: 4,
          transports: [],
          sessions: [],
          tokens: [],
          invitations: [],
          streams: [],
          requests: [],
        };
        await fc.asyncModelRun(() => ({ model, real }), commands);
        compareLog(model, real);
      } finally {
        house.close();
      }
    }),
    { numRuns: Number(process.env.HOLDFAST_MODEL_RUNS ?? 60) },
  );
}, 120_000);
