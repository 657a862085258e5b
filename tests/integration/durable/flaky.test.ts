import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Chance } from '#tests/support/chance';
import type { Json } from '#tests/support/clients/mcp-http';
import { type Outcome, ResilientClient, Violation } from '#tests/support/clients/resilient-client';
import { startTestHost, type TestHost } from '#tests/support/hosts/test-host';
import { COUNTER } from '#tests/support/paths';
import { type FlakyProxy, startFlakyProxy } from '#tests/support/proxies/flaky-proxy';

/*
 * Sessions whose connections are cut, delayed, halved and left half-open at random. `HOLDFAST_SEED=<seed>` plays all of them
 * again, `HOLDFAST_SEED=<seed>/<number>` one session alone.
 */
const SESSIONS = 50;
/** Short scripts of calls that each session goes through, each with faults of its own. */
const RUNS = 22;
/** How many sessions run at once. */
const AT_ONCE = 40;

const [SEED = '', ONLY] = (process.env.HOLDFAST_SEED ?? randomBytes(6).toString('hex')).split('/');

let host: TestHost;
let runs = 0;
const tally = { answered: 0, lost: 0, faults: 0, said: 0 };

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-flaky-'));
  writeFileSync(
    join(folder, 'servers.json'),
    JSON.stringify({ mcpServers: { counter: { command: process.execPath, args: [COUNTER] } } }),
  );
  host = await startTestHost({ folder, trustServers: true });
});
afterAll(() => host.remove());

/** One session: its client behind a proxy of its own, and what is known for certain of its counter. */
class FlakySession {
  private readonly number: number;
  /** Every second one speaks to all servers at once. */
  private readonly prefix: string;
  private readonly holder;
  private readonly proxy: FlakyProxy;
  private readonly client: ResilientClient;
  private readonly acknowledged: number[] = [];
  /** What the server is known to have said: in a call, on the call's stream or, when several run, on the standalone one. */
  private readonly said: string[] = [];
  /** What came within calls. */
  private readonly related: string[] = [];
  private readonly pids = new Set<number>();
  private counts = 0;
  private calls = 0;
  private answered = 0;

  constructor(number: number, proxy: FlakyProxy) {
    this.number = number;
    this.proxy = proxy;
    this.prefix = number % 2 === 0 ? '' : 'counter__';
    this.holder = host.newClient(`client ${number}`);
    this.client = new ResilientClient({
      port: proxy.port,
      endpoint: host.port,
      path: number % 2 === 0 ? '/mcp/counter' : '/mcp',
      key: this.holder.key,
      name: `program ${number}`,
    });
  }

  async play(): Promise<void> {
    const { client, proxy } = this;
    proxy.chance = new Chance(SEED, this.number, 'beginning');
    await client.initialize();
    while (this.acknowledged.length === 0) await this.count();
    client.isReady = true;
    await client.listen();
    for (let run = 0; run < RUNS; run += 1) {
      proxy.chance = new Chance(SEED, this.number, run);
      await this.run(new Chance(SEED, this.number, run, 'script'));
      runs += 1;
    }
    proxy.chance = null;
    proxy.cut();
    // Connections are good from here on, so that silence means nothing but a slow machine.
    client.isReady = false;
    await this.finish();
  }

  async end(): Promise<void> {
    await this.client.close();
    await this.proxy.close();
  }

  private async run(chance: Chance): Promise<void> {
    if (chance.next() < 0.2) this.proxy.cut();
    for (let step = 0; step < 3; step += 1) {
      switch (chance.weighted({ count: 4, slowCount: 4, progress: 3, log: 2, remind: 2, together: 2 })) {
        case 'count':
          await this.count();
          break;
        case 'slowCount':
          await this.count(60 + chance.below(60));
          break;
        case 'progress':
          await this.progress(60 + chance.below(60), 1 + chance.below(4));
          break;
        case 'log':
          await this.log();
          break;
        case 'remind':
          await this.remind(chance.below(80));
          break;
        default:
          await Promise.all([this.count(chance.below(100)), this.count(chance.below(100)), this.progress(70, 2)]);
      }
    }
  }

  private async count(ms = 0): Promise<void> {
    this.counts += 1;
    const value = resultOf(await this.call('count', { ms }));
    if (value === null) return;
    if (this.acknowledged.includes(value.n)) throw new Violation(`the count ${value.n} was answered twice`);
    this.acknowledged.push(value.n);
    this.pids.add(value.pid);
  }

  private async progress(ms: number, steps: number): Promise<void> {
    const outcome = await this.call('slow', { ms, steps });
    if (resultOf(outcome) === null) return;
    const seen = outcome.related.map(({ params }) => params.progress);
    expect(seen, 'the progress of a call that was answered').toEqual(Array.from({ length: steps }, (_, at) => at + 1));
  }

  private async log(): Promise<void> {
    const data = `log ${this.calls}`;
    if (resultOf(await this.call('log', { data })) !== null) this.said.push(data);
  }

  private async remind(ms: number): Promise<void> {
    const data = `reminder:${this.calls}`;
    if (resultOf(await this.call('remind', { ms, uri: data })) !== null) this.said.push(data);
  }

  private async call(name: string, args: object): Promise<Outcome> {
    this.calls += 1;
    const outcome = await this.client.call(`${this.prefix}${name}`, args);
    this.related.push(...outcome.related.flatMap(said));
    if (outcome.response) {
      this.answered += 1;
      tally.answered += 1;
    } else tally.lost += 1;
    return outcome;
  }

  /** What must be true once connections are good again. */
  private async finish(): Promise<void> {
    const { n, pid } = await this.peeked();
    expect(n, 'the counter, against what was acknowledged').toBeGreaterThanOrEqual(Math.max(...this.acknowledged));
    expect(n, 'the counter, against what was asked').toBeLessThanOrEqual(this.counts);
    expect([...this.pids], 'processes that counted').toEqual([pid]);

    await this.heardAll();
    expect(this.missing(), 'what was said and never came').toEqual([]);
    const heard = this.heard();
    expect(heard, 'what was said, each once').toEqual([...new Set(heard)]);
    tally.said += this.said.length;

    const { manager, store } = host.services;
    manager.flush();
    const { client_id } = this.holder.client;
    const sessions = store.sessions.ofClient(client_id).map(({ session }) => session);
    expect(sessions.length, 'sessions of the client').toBe(1);
    const bound = manager.findTransport(this.client.transportId ?? '', client_id)?.session_id;
    expect(sessions[0]).toMatchObject({ session_id: bound, status: 'active' });
    // What was refused before it arrived was never called; what was answered was.
    expect(sessions[0]?.calls).toBeGreaterThanOrEqual(this.answered);
    expect(sessions[0]?.calls).toBeLessThanOrEqual(this.calls);
    // A call that its client gave up may still be running.
    const running = () => store.streams.unfinished().filter(({ session_id }) => session_id === bound);
    await expect.poll(running, { timeout: 5_000 }).toEqual([]);
  }

  private async peeked(): Promise<Json> {
    const reasons: string[] = [];
    // The first connections may be some that were dropped a moment ago, which the client does not know yet.
    for (let time = 0; time < 10; time += 1) {
      const outcome = await this.call('peek', {});
      const counted = resultOf(outcome);
      if (counted) return counted;
      reasons.push(outcome.why);
    }
    throw new Violation(`a call over a good connection was not answered: ${reasons.join(', ')}`);
  }

  /** The stream is good again, so that what it owes is bound to come. */
  private async heardAll(): Promise<void> {
    const limit = Date.now() + 5_000;
    while (Date.now() < limit && this.missing().length > 0) await this.client.nextPushed(limit - Date.now());
  }

  private missing(): string[] {
    const heard = new Set(this.heard());
    return this.said.filter((data) => !heard.has(data));
  }

  private heard(): string[] {
    return [...this.related, ...this.client.pushed.flatMap(said)];
  }
}

/** What a notification of the counter says; behind all servers its addresses begin with its name. */
const said = ({ method, params }: Json): string[] => {
  if (method === 'notifications/message') return [params.data];
  return method === 'notifications/resources/updated' ? [params.uri.replace(/^counter\+/, '')] : [];
};

/** What a tool answered; null when the call has no response. An error that is no answer of the tool is a violation. */
function resultOf({ response }: Outcome): Json | null {
  if (!response) return null;
  if (!response.result || response.result.isError) throw new Violation(JSON.stringify(response));
  return JSON.parse(response.result.content[0].text);
}

async function playSession(number: number): Promise<void> {
  const proxy = await startFlakyProxy(host.port);
  const session = new FlakySession(number, proxy);
  try {
    await session.play();
  } catch (error) {
    const again = `HOLDFAST_SEED=${SEED}/${number} npx vitest run tests/integration/durable/flaky.test.ts`;
    const faults = proxy.done.slice(-12).join(' | ');
    throw new Error(`${(error as Error).message}\nPlay it again: ${again}\nLast connections: ${faults}`, {
      cause: error,
    });
  } finally {
    tally.faults += proxy.done.filter((fault) => fault !== 'none').length;
    await session.end();
  }
}

test(`calls over bad connections (seed ${SEED})`, async () => {
  const numbers = ONLY === undefined ? Array.from({ length: SESSIONS }, (_, number) => number) : [Number(ONLY)];
  const waiting = [...numbers];
  const failures: unknown[] = [];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let number = waiting.shift(); number !== undefined; number = waiting.shift()) {
        await playSession(number).catch((error) => failures.push(error));
      }
    }),
  );
  console.log(`seed ${SEED}: ${runs} runs, ${JSON.stringify(tally)}`);
  if (failures.length > 0) throw failures[0];
  expect(runs).toBe(numbers.length * RUNS);
  if (ONLY !== undefined) return;
  expect(tally.faults, 'connections that were harmed').toBeGreaterThan(runs / 4);
  expect(tally.answered, 'calls that were answered').toBeGreaterThan(runs / 4);
}, 180_000);
