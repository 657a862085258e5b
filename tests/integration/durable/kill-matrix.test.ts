import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bundle, bundleForNode } from '#tests/support/bundle';
import { COUNTER } from '#tests/support/paths';
import { endServers } from '#tests/support/servers/configs';
import { Cell, CLIENT_TIMEOUT, STATES, type State } from './support/cell';
import { MatrixHost } from './support/host';
import { KINDS, type Kind, type Seen } from './support/matrix-client';

/*
 * What a client sees when something dies: every state of a client, every kind of client, every fault. The host, the server
 * behind it and the clients are real processes; only the time for which the host is stopped is made up.
 */

const OUTAGE = 8_000;
const STOPPED_FOR = 60_000;

/** What a client sees of the call that ran. */
type Sight =
  /** No call ran. */
  | 'nothing'
  /** The answer of the server. */
  | 'answer'
  /** An error, well before its own timeout. */
  | 'error'
  /** It gave up by itself. */
  | 'timeout'
  /** Nobody is left to see anything. */
  | 'gone';

interface Expected {
  readonly call: Sight;
  /** What the next call counts to: 2 or more continues the old count, 1 is a new process. */
  readonly next: number;
}

/**
 * Whose next call is meant is the other client. The old one sees nothing but where its session went, and what was answered
 * before.
 */
const TAKEN_OVER: Readonly<Record<State, Expected>> = {
  idle: { call: 'nothing', next: 2 },
  'fast call': { call: 'error', next: 3 },
  'slow call': { call: 'error', next: 3 },
  replay: { call: 'answer', next: 3 },
  'handed out': { call: 'error', next: 3 },
};

/** What clients of every kind see of each fault, by the state they are in. */
const EXPECTED: Readonly<Record<string, Readonly<Record<State, Expected>>>> = {
  'SIGKILL of Holdfast': {
    idle: { call: 'nothing', next: 2 },
    // Its POST breaks, and the client has no way to ask for the answer: it learns that at once.
    'fast call': { call: 'error', next: 3 },
    'slow call': { call: 'answer', next: 3 },
    replay: { call: 'answer', next: 3 },
    'handed out': { call: 'answer', next: 3 },
  },
  'a stop and a start of Holdfast': {
    idle: { call: 'nothing', next: 2 },
    // The stop has the time to tell the client how to come back.
    'fast call': { call: 'answer', next: 3 },
    'slow call': { call: 'answer', next: 3 },
    replay: { call: 'answer', next: 3 },
    'handed out': { call: 'answer', next: 3 },
  },
  'SIGKILL of the server': {
    idle: { call: 'nothing', next: 1 },
    'fast call': { call: 'error', next: 1 },
    'slow call': { call: 'error', next: 1 },
    // The answer is stored already.
    replay: { call: 'answer', next: 1 },
    'handed out': { call: 'error', next: 1 },
  },
  'SIGKILL of the client': {
    idle: { call: 'nothing', next: 2 },
    'fast call': { call: 'gone', next: 3 },
    'slow call': { call: 'gone', next: 3 },
    replay: { call: 'gone', next: 3 },
    // Whoever comes next with the key fetches the answer.
    'handed out': { call: 'answer', next: 3 },
  },
  'a cut socket': {
    idle: { call: 'nothing', next: 2 },
    'fast call': { call: 'error', next: 3 },
    'slow call': { call: 'answer', next: 3 },
    replay: { call: 'answer', next: 3 },
    'handed out': { call: 'answer', next: 3 },
  },
  'an outage of 8 s': {
    idle: { call: 'nothing', next: 2 },
    'fast call': { call: 'error', next: 3 },
    // Clients of the SDK ask for a lost stream twice, 2.5 and 5 s after the loss (the time is ours, the number theirs), and then
    // give up. A replay that was cut counts as a stream of its own: they ask for it twice as well.
    'slow call': { call: 'timeout', next: 3 },
    replay: { call: 'timeout', next: 3 },
    'handed out': { call: 'answer', next: 3 },
  },
  'a take-over': TAKEN_OVER,
  'a take-over with SIGKILL of Holdfast in it': TAKEN_OVER,
  'SIGSTOP and SIGCONT after 60 s': {
    idle: { call: 'nothing', next: 2 },
    'fast call': { call: 'answer', next: 3 },
    'slow call': { call: 'answer', next: 3 },
    replay: { call: 'answer', next: 3 },
    'handed out': { call: 'answer', next: 3 },
  },
};

/** What happens, and what is needed so that everybody can go on afterwards. */
const FAULTS: Readonly<Record<string, (host: MatrixHost, cells: readonly Cell[]) => Promise<void>>> = {
  async 'SIGKILL of Holdfast'(host, cells) {
    await host.kill();
    // The servers answer while there is nobody to hear it.
    await each(cells, (cell) => cell.release());
    await host.start();
  },
  async 'a stop and a start of Holdfast'(host, cells) {
    await host.quit();
    await each(cells, (cell) => cell.release());
    await host.start();
  },
  async 'SIGKILL of the server'(host, cells) {
    for (const { pid } of cells) process.kill(pid, 'SIGKILL');
    // A call that comes before Holdfast knows is one that was in flight.
    while (eventsOf(host.folder).filter(({ kind }) => kind === 'server_stopped').length < cells.length) await delay(50);
  },
  async 'SIGKILL of the client'(_host, cells) {
    await each(cells, (cell) => cell.client.kill());
    await each(cells, (cell) => cell.release());
    await each(cells, (cell) => cell.startClient());
  },
  async 'a cut socket'(_host, cells) {
    for (const { proxy } of cells) proxy.cut();
    await each(cells, (cell) => cell.release());
  },
  async 'an outage of 8 s'(_host, cells) {
    for (const { proxy } of cells) {
      proxy.isDown = true;
      proxy.cut();
    }
    await each(cells, (cell) => cell.release());
    await delay(OUTAGE);
    for (const { proxy } of cells) proxy.isDown = false;
  },
  async 'a take-over'(_host, cells) {
    await each(cells, (cell) => cell.offerToHeir());
    await each(cells, (cell) => cell.heirCalls('peek'));
    await each(cells, (cell) => cell.release());
  },
  async 'a take-over with SIGKILL of Holdfast in it'(host, cells) {
    await each(cells, (cell) => cell.offerToHeir());
    const taking = each(cells, (cell) => cell.heirCalls('peek').catch(() => {}));
    while (takenIn(host.folder) < cells.length / 2) await delay(1);
    await host.kill();
    await taking;
    await each(cells, (cell) => cell.release());
    await host.start();
    // Whoever came too early comes again; a session that went over has gone for good.
    await each(cells, (cell) => cell.heirCalls('peek'));
  },
  async 'SIGSTOP and SIGCONT after 60 s'(host, cells) {
    await host.stopAndSkip(STOPPED_FOR, () => each(cells, (cell) => cell.release()));
  },
};

const each = async <T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> => {
  await Promise.all(items.map(work));
};

let bundle: Bundle;
const lines: string[] = [];

beforeAll(async () => {
  bundle = await bundleForNode(join(import.meta.dirname, 'programs/jumping-host.ts'));
}, 60_000);
afterAll(() => {
  bundle.remove();
  console.log(['fault | state | client | the call | the next call | session', ...lines.sort()].join('\n'));
});

describe.each(Object.keys(FAULTS))('%s', (fault) => {
  test('is seen by every client as the table says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-matrix-'));
    const entry = { command: process.execPath, args: [COUNTER] };
    writeFileSync(
      join(folder, 'servers.json'),
      JSON.stringify({ mcpServers: { counter: entry, patient: { ...entry, longCalls: 'on' } } }),
    );
    const host = new MatrixHost(bundle.file, folder);
    await host.start();
    const pairs = STATES.flatMap((state) => kindsOf(fault, state).map((kind): [Kind, State] => [kind, state]));
    const cells = pairs.map(
      ([kind, state], number) => new Cell(host, folder, kind, state, number + Math.floor(number / KINDS.length)),
    );
    try {
      await each(cells, (cell) => cell.connect());
      const isFast = ({ state }: Cell) => state === 'fast call';
      await each(
        cells.filter((cell) => !isFast(cell)),
        (cell) => cell.begin(),
      );
      await host.holdReplies(true);
      await each(cells.filter(isFast), (cell) => cell.begin());
      const events = eventsOf(folder);
      await FAULTS[fault]?.(host, cells);
      if (!isNewHoldfast(fault)) await host.holdReplies(false);
      const wrong: string[] = [];
      await each(cells, async (cell) => {
        cell.carryOn();
        wrong.push(...(await (isTakeOver(fault) ? judgeTakeOver : judge)(host, fault, cell)));
      });
      expect(wrong).toEqual([]);
      expectEventsKept(folder, events);
    } finally {
      await each(cells, (cell) => cell.end());
      await host.quit();
      await endServers(folder);
      rmSync(folder, { recursive: true, force: true });
    }
  }, 150_000);
});

/** A handle is a result like any other, and a take-over the same for all, so a few kinds of clients tell enough. */
const kindsOf = (fault: string, state: State): readonly Kind[] =>
  state === 'handed out' || isTakeOver(fault) ? ['v1', 'v2 auto', 'mcp-remote'] : KINDS;

const isNewHoldfast = (fault: string): boolean => fault.endsWith('of Holdfast');
const isTakeOver = (fault: string): boolean => fault.startsWith('a take-over');
const takenIn = (folder: string): number =>
  eventsOf(folder).filter(({ payload }) => payload.includes('"cause":"taken_over"')).length;

/** What is not as it should be, in words. */
async function judge(host: MatrixHost, fault: string, cell: Cell): Promise<string[]> {
  const { state, kind, title, pid, sessionId } = cell;
  const expected = EXPECTED[fault]?.[state];
  if (!expected) throw new Error(`nothing is expected of ${fault}`);
  const isGone = fault === 'SIGKILL of the client';
  const seen = await cell.outcome(isGone);
  const call: Sight = isGone && !seen && state !== 'idle' ? 'gone' : sightOf(seen);
  const next = await cell.count();
  const [session, ...others] = await host.sessions(cell.key);
  const result = 'count' in next ? `${next.count.n}` : next.error;
  const said = seen && 'error' in seen ? `${call} (${seen.error})` : call;
  lines.push(
    `${fault} | ${state} | ${kind} | ${said} | ${result} | ${session?.status}, ${session?.reconnect_count} ${session?.last_reconnect_cause}`,
  );
  const wrong: string[] = [];
  const expectIs = (what: string, is: unknown, should: unknown) => {
    if (is !== should) wrong.push(`${title}: ${what} is ${is}, not ${should}`);
  };
  expectIs('the call', call === expected.call ? call : said, expected.call);
  expectIs('the next call', result, String(expected.next));
  if ('count' in next) expectIs('the same process', next.count.pid === pid, fault !== 'SIGKILL of the server');
  expectIs('the session', session?.session_id, sessionId);
  expectIs('the number of sessions', 1 + others.length, 1);
  if (isNewHoldfast(fault)) expectIs('the cause', session?.last_reconnect_cause, 'restored');
  if (fault === 'SIGKILL of the client') expectIs('the cause', session?.last_reconnect_cause, 'reinitialized');
  if (fault.startsWith('SIGSTOP')) expectIs('the reconnects', session?.reconnect_count, 0);
  return wrong;
}

/** The same of a session that another client has: it has all of it, and the old one nothing. */
async function judgeTakeOver(host: MatrixHost, fault: string, cell: Cell): Promise<string[]> {
  const { state, kind, title, pid, sessionId } = cell;
  const expected = EXPECTED[fault]?.[state];
  if (!expected) throw new Error(`nothing is expected of ${fault}`);
  const seen = await cell.outcome(false);
  const call = sightOf(seen);
  const old = await cell.count();
  const said = 'error' in old ? old.error : `it counts to ${old.count.n}`;
  const next = await cell.heirCalls('count');
  const [session, ...others] = await host.sessions(cell.heirKey);
  const left = await host.sessions(cell.key);
  const how = seen && 'error' in seen ? `${call} (${seen.error})` : call;
  lines.push(`${fault} | ${state} | ${kind} | ${how} | ${said}, then ${next.n} | ${session?.status}`);
  const wrong: string[] = [];
  const expectIs = (what: string, is: unknown, should: unknown) => {
    if (is !== should) wrong.push(`${title}: ${what} is ${is}, not ${should}`);
  };
  // Where the kill came before the take-over, the server has answered before it, too.
  const isEarlier = fault.includes('SIGKILL') && (state === 'slow call' || state === 'handed out') && call === 'answer';
  if (!isEarlier) expectIs('the call', call === expected.call ? call : how, expected.call);
  expectIs('where it went, to the old client', /went on in Heir/.test(said) ? true : said, true);
  expectIs('the next call', `${next.n} in ${next.pid}`, `${expected.next} in ${pid}`);
  expectIs('the session', session?.session_id, sessionId);
  expectIs('the reconnects', session?.last_reconnect_cause === 'taken_over' || session?.reconnect_count === 2, true);
  expectIs('the number of sessions', 1 + others.length, 1);
  expectIs(
    'what the old client has of it',
    left.some(({ session_id }) => session_id === sessionId),
    false,
  );
  return wrong;
}

function sightOf(seen: Seen | null): Sight {
  if (!seen) return 'nothing';
  if ('count' in seen) return 'answer';
  return seen.ms >= CLIENT_TIMEOUT - 500 ? 'timeout' : 'error';
}

interface EventRow {
  seq: number;
  kind: string;
  payload: string;
}

function eventsOf(folder: string): EventRow[] {
  const db = new SqliteDatabase(join(folder, 'holdfast.db'), { readonly: true });
  try {
    return db.prepare<[], EventRow>('SELECT seq, kind, payload FROM events ORDER BY seq').all();
  } finally {
    db.close();
  }
}

/** Nothing that was in the log is lost or changed, and the log has no gap. */
function expectEventsKept(folder: string, before: readonly EventRow[]): void {
  const after = eventsOf(folder);
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.map(({ seq }) => seq)).toEqual(after.map((_, at) => at + 1));
}
