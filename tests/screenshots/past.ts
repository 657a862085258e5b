import { join } from 'node:path';
import { pino } from 'pino';
import { ClientRegistry } from '#src/main/sessions/clients';
import { EventBus } from '#src/main/sessions/event-bus';
import { SessionManager } from '#src/main/sessions/manager';
import { ReconnectTokens } from '#src/main/sessions/reconnect/reconnect-tokens';
import { Store } from '#src/main/store/store';
import type { Client, ClientType } from '#src/shared/contract/client';
import { DEFAULT_POLICY } from '#src/shared/model/policy';
import { DAY, HOUR, MINUTE, type Ms, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { seededRandom } from '#tests/support/seeded-random';

/** A client of the pictures: what its key was made for, and what its program calls itself. */
export interface Program {
  readonly type: ClientType;
  readonly label: string;
  readonly name: string;
  readonly version: string;
}

export const PROGRAMS: readonly Program[] = [
  { type: 'claude-code', label: 'Claude Code', name: 'claude-code', version: '2.1.330' },
  { type: 'cursor', label: 'Cursor', name: 'cursor-vscode', version: '3.4.1' },
  { type: 'vscode', label: 'VS Code', name: 'Visual Studio Code', version: '1.118.0' },
  { type: 'codex', label: 'Codex', name: 'codex-mcp-client', version: '0.165.0' },
];

const TICK: Ms = 10 * SECOND;
const CALLS = ['health_check', 'session_info', 'list_sessions'];

/**
 * Lives through a developer's last week with the real session manager on a real store; only time is made. What the window
 * then shows is what it would have shown after such a week.
 * @returns the clients' keys, in the order of {@link PROGRAMS}
 */
export async function liveThroughAWeek(folder: string, now: Ms): Promise<string[]> {
  const clock = new FakeClock(now - 7 * DAY);
  const random = seededRandom();
  const chance = (share: number) => (random.bytes(1)[0] ?? 0) < share * 256;
  const between = (low: number, high: number) => low + Math.floor(((random.bytes(1)[0] ?? 0) / 256) * (high - low));
  const log = pino({ enabled: false }, pino.destination(join(folder, 'past.log')));

  const store = Store.open({ folder, now: () => clock.now(), log });
  const bus = new EventBus((error) => {
    throw error;
  });
  const { repository } = store;
  const deps = { repository, bus, clock, random };
  const tokens = await ReconnectTokens.create(random.bytes(32), { clock, random, policy: DEFAULT_POLICY });
  const onProblem = (error: unknown) => {
    throw error;
  };
  const manager = new SessionManager({ ...deps, timers: clock, tokens, onProblem });
  const transaction = <T>(work: () => T) => store.transaction(work);
  const clients = new ClientRegistry({ ...deps, timers: clock, clients: store.clients, transaction });

  const pass = (time: Ms) => {
    for (const end = clock.now() + time; clock.now() < end; ) {
      clock.advance(Math.min(TICK, end - clock.now()));
      manager.tick();
      store.observe(clock.now());
    }
  };

  const keys: string[] = [];
  const desks = PROGRAMS.map((program) => {
    const { client_id, client_key } = clients.create({ name: program.label, type: program.type, policy: 'sessionful' });
    keys.push(client_key);
    clients.authenticate(client_key);
    return new Desk(clients.get(client_id), program, manager);
  });

  for (let day = 0; day < 7; day += 1) {
    const dayEnd = now - (6 - day) * DAY - (day === 6 ? 2 * MINUTE : 0);
    // The laptop is open for the last nine hours of each day.
    clock.sleep(Math.max(0, dayEnd - 9 * HOUR - clock.now()));
    manager.tick();
    while (clock.now() < dayEnd) {
      for (const serverAdmin of desks) {
        if (!serverAdmin.isOpen && chance(serverAdmin.isDropped ? 0.9 : 0.3)) serverAdmin.open(chance(0.6));
        else if (serverAdmin.isOpen && chance(0.03)) serverAdmin.drop();
        for (let call = between(0, 3); serverAdmin.isOpen && call > 0; call -= 1) {
          const done = serverAdmin.call(CALLS[between(0, CALLS.length)] ?? 'health_check', !chance(0.03));
          clock.advance(between(2, 40));
          done();
        }
      }
      pass(Math.min(between(30, 100) * SECOND, Math.max(0, dayEnd - clock.now())));
    }
    if (day < 6) for (const serverAdmin of desks) serverAdmin.drop();
    pass(30 * SECOND);
  }
  manager.prepareStop();
  manager.stop();
  store.settings.set('stop', 'clean');
  store.settings.set('last_alive', clock.now());
  store.close();
  return keys;
}

/** One client at its desk: opens, drops and reopens its connection. */
class Desk {
  private transportId: string | null = null;
  private closeStream: (() => void) | null = null;
  private readonly client: Client;
  private readonly program: Program;
  private readonly manager: SessionManager;

  constructor(client: Client, program: Program, manager: SessionManager) {
    this.client = client;
    this.program = program;
    this.manager = manager;
  }

  get isOpen(): boolean {
    return this.closeStream !== null;
  }

  get isDropped(): boolean {
    return this.transportId !== null && !this.isOpen;
  }

  /** @param keepsId - comes back by its old id, otherwise it initializes anew */
  open(keepsId: boolean): void {
    const isKnown = this.transportId !== null && this.manager.findTransport(this.transportId, this.client.client_id);
    if (!keepsId || !isKnown) {
      const { name, version } = this.program;
      this.transportId = this.manager.openTransport({
        client: this.client,
        server: null,
        era: 'sessionful',
        client_name: name,
        client_version: version,
        protocol_version: '2025-11-25',
        initialize_params: {},
      }).transport_id;
    }
    const transportId = this.transportId ?? '';
    this.manager.enter(transportId, true, this.client);
    this.closeStream = this.manager.streamOpened(transportId);
  }

  drop(): void {
    this.closeStream?.();
    this.closeStream = null;
  }

  call(name: string, ok: boolean): () => void {
    const transportId = this.transportId ?? '';
    this.manager.enter(transportId, true, this.client);
    const finish = this.manager.requestStarted(transportId);
    return () => finish({ method: 'tools/call', name, ok });
  }
}
