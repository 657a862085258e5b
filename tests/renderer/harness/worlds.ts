import type { ClientType } from '#src/shared/contract/client';
import type { ClientProcess } from '#src/shared/contract/client-process';
import type { DisconnectReason, NewEvent } from '#src/shared/contract/event';
import type { ReconnectCause } from '#src/shared/contract/session';
import { said } from '#src/shared/messages/said';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { World } from './world';
import { addFailedLogins, addLoginServers, addServers } from './world-servers';

/** The same numbers from 0 to 1 in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const PROGRAMS: readonly { type: ClientType; name: string; version: string }[] = [
  { type: 'claude-code', name: 'claude-code', version: '2.1.317' },
  { type: 'cursor', name: 'cursor-vscode', version: '1.14.2' },
  { type: 'vscode', name: 'Visual Studio Code', version: '1.118.0' },
  { type: 'codex', name: 'codex-mcp-client', version: '0.165.0' },
  { type: 'gemini', name: 'gemini-cli-mcp-client', version: '0.41.1' },
  { type: 'other', name: 'nightly-report', version: '0.3.0' },
];

const FOLDERS = ['~/shop', '~/src/holdfast', '~/notes', null];

/** Two in three are known: a program that runs elsewhere has no process here. */
const processOf = (number: number): ClientProcess | null =>
  number % 3 === 2
    ? null
    : {
        pid: 4_700 + number,
        started: String(number),
        program: 'claude',
        parent: 'zsh',
        folder: FOLDERS[number % FOLDERS.length] ?? null,
        bridged: false,
      };

export const sessionId = (number: number): string => `s_${String(number).padStart(4, '0')}wQ7bK2mZr9TxLpVfYc`;

/** Writes the life of one session into a world. */
class Life {
  readonly id: string;
  readonly #world: World;
  #at: number;
  #reconnects = 0;

  constructor(world: World, number: number, at: number, program = PROGRAMS[number % PROGRAMS.length], probe = false) {
    this.id = sessionId(number);
    this.#world = world;
    this.#at = at;
    if (!program) throw new Error('no such program');
    this.#add({
      kind: 'session_created',
      payload: {
        client_id: `c_${program.type}`,
        client_type: program.type,
        client_name: program.name,
        client_version: program.version,
        era: 'sessionful',
        protocol_version: '2025-11-25',
        transport_id: 't_0',
        probe,
        client_process: processOf(number),
      },
    });
  }

  after(ms: number): this {
    this.#at += ms;
    return this;
  }

  at(time: number): this {
    this.#at = time;
    return this;
  }

  call(ms: number, ok = true, name = 'search_issues'): this {
    this.#add({ kind: 'call_completed', payload: { method: 'tools/call', name, ok, latency_ms: ms } });
    return this;
  }

  drop(reason: DisconnectReason = 'stream_lost'): this {
    this.#add({ kind: 'session_disconnected', payload: { reason, contact_lost_at: this.#at } });
    return this;
  }

  back(ms: number, cause: ReconnectCause = 'resumed'): this {
    this.#at += ms;
    this.#reconnects += 1;
    this.#add({
      kind: 'session_reconnected',
      payload: {
        cause,
        door: 'mcp',
        downtime_ms: ms,
        reconnect_count: this.#reconnects,
        transport_id: null,
        client_version: '',
      },
    });
    return this;
  }

  is(kind: 'session_idle' | 'session_active' | 'stream_lost' | 'session_expired' | 'stream_opened'): this {
    this.#add({ kind, payload: {} });
    return this;
  }

  end(): this {
    this.#add({ kind: 'session_closed', payload: { reason: 'client', superseded_by: null } });
    return this;
  }

  refuse(code: string): this {
    this.#add({ kind: 'reconnect_rejected', payload: { code, door: 'tool' } });
    return this;
  }

  #add(event: { kind: NewEvent['kind']; payload: unknown }): void {
    this.#world.append({ ...event, at: Math.round(this.#at), session_id: this.id } as NewEvent);
  }
}

function addClients(world: World, seen: boolean): void {
  for (const { type, name } of PROGRAMS.slice(0, 5)) {
    world.clients.push({
      client_id: `c_${type}`,
      name: `${name.split(/[- ]/)[0]} on this laptop`,
      type,
      type_name: null,
      policy: 'sessionful',
      new_process: 'new_session',
      may_take_over: false,
      created_at: Date.now() - 20 * DAY,
      first_seen_at: seen ? Date.now() - 19 * DAY : null,
      last_seen_at: seen ? Date.now() - MINUTE : null,
      key_used_at: seen ? Date.now() - MINUTE : null,
      old_key: null,
    });
  }
}

function typical(): World {
  const world = new World();
  const now = Date.now();
  const random = numbers(7);
  addClients(world, true);
  for (let count = 0; count < 90; count += 1) world.past.push(now - Math.floor(random() ** 2 * 30 * DAY));
  const calls = (life: Life, count: number, slow = 40) => {
    for (let index = 0; index < count; index += 1) life.after(2 * SECOND).call(3 + random() * slow, random() > 0.04);
    return life;
  };
  calls(new Life(world, 20, now - 26 * HOUR), 12).end();
  calls(new Life(world, 21, now - 30 * HOUR), 4)
    .drop()
    .after(24 * HOUR)
    .is('session_expired');
  calls(new Life(world, 22, now - 5 * HOUR), 9)
    .drop('quiet')
    .back(40 * MINUTE, 'token')
    .end();
  const steady = calls(new Life(world, 0, now - 3 * HOUR), 30)
    .drop()
    .back(1_400)
    .after(HOUR);
  steady
    .drop('supervisor_stopped')
    .back(9_200, 'restored')
    .at(now - MINUTE);
  calls(steady, 20)
    .at(now - 2 * SECOND)
    .call(14, true, 'read_file');
  calls(new Life(world, 1, now - 95 * MINUTE), 26, 160)
    .after(80 * MINUTE)
    .is('session_idle');
  calls(new Life(world, 2, now - 40 * MINUTE), 18)
    .after(30 * MINUTE)
    .drop()
    .after(20 * SECOND)
    .refuse('token_expired');
  calls(new Life(world, 3, now - 22 * MINUTE), 24, 20)
    .after(20 * MINUTE)
    .call(6);
  new Life(world, 8, now - 3 * MINUTE, PROGRAMS[0], true);
  calls(new Life(world, 5, now - 50 * MINUTE), 3, 900)
    .after(49 * MINUTE)
    .call(1_240, false, 'nightly');
  return world;
}

function flapping(): World {
  const world = typical();
  const life = new Life(world, 40, Date.now() - 9 * MINUTE, PROGRAMS[1]).call(9);
  for (let count = 0; count < 6; count += 1)
    life
      .after(70 * SECOND)
      .drop()
      .back(900 + 400 * count, count % 2 ? 'resumed' : 'reinitialized');
  return world;
}

function many(): World {
  const world = new World();
  const now = Date.now();
  const random = numbers(3);
  addClients(world, true);
  for (let number = 0; number < 10_000; number += 1) {
    const life = new Life(world, number, now - random() * 3 * DAY).call(5 + random() * 50).call(5 + random() * 90);
    const fate = random();
    if (fate < 0.2) life.drop().back(1_000 + random() * 60_000);
    else if (fate < 0.3) life.drop();
    else if (fate < 0.6) life.is('session_idle');
    else if (fate < 0.8) life.end();
  }
  return world;
}

/** The typical world with servers in every state, some of which a session has lived through. */
function withServers(): World {
  const world = typical();
  const now = Date.now();
  addServers(world.servers, [sessionId(0), sessionId(3)]);
  const serve = (minutes: number, kind: 'server_started' | 'server_stopped' | 'server_adopted', payload: object) =>
    world.append({
      kind,
      at: now - minutes * MINUTE,
      session_id: sessionId(0),
      payload: { server: 'files', instance_id: 'i_1', ...payload },
    } as NewEvent);
  serve(55, 'server_started', { pid: 4_790, cause: 'use', state_lost: false });
  serve(30, 'server_stopped', { pid: 4_790, reason: 'crashed', code: null, signal: 'SIGKILL', calls_lost: 1 });
  serve(29.5, 'server_started', { pid: 4_812, cause: 'restart', state_lost: true });
  serve(12, 'server_adopted', { pid: 4_812, away_ms: 3_400 });
  return world;
}

/** The typical world with servers that are logged in to, or want to be. */
function withLogins(): World {
  const world = typical();
  addLoginServers(world.servers);
  return world;
}

function withFailedLogins(): World {
  const world = typical();
  addFailedLogins(world.servers);
  return world;
}

const WORLDS: Readonly<Record<string, () => World>> = {
  typical,
  servers: withServers,
  logins: withLogins,
  'failed logins': withFailedLogins,
  flapping,
  many,
  empty: () => new World(),
  first: () => {
    const world = new World();
    world.isFirstRun = true;
    return world;
  },
  connected: () => {
    const world = typical();
    world.connect.set('claude-code', { state: 'connected', client_id: 'c_claude-code', last_seen_at: Date.now() });
    world.connect.set('cursor', { state: 'waiting', client_id: 'c_cursor', taken: ['docs'] });
    world.connect.set('vscode', { state: 'unreadable', problem: `~/mcp.json:3: ${said('said.json.comma')}` });
    world.connect.set('codex', { state: 'other_key', file: '~/.codex/config.toml' });
    world.connect.set('zed', { state: 'other_address', file: '~/.config/zed/settings.json' });
    return world;
  },
  waiting: () => {
    const world = new World();
    addClients(world, false);
    return world;
  },
};

export function buildWorld(name: string): World {
  const build = WORLDS[name];
  if (!build) throw new Error(`there is no world “${name}”; there are ${Object.keys(WORLDS).join(', ')}`);
  return build();
}
