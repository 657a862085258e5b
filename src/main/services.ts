import type { Logger } from 'pino';
import type { AppInfo } from '../shared/contract/app';
import type { History, HistoryQuery } from '../shared/contract/history';
import type { Ms } from '../shared/model/units';
import type { StreamRepository } from './mcp/stored-streams';
import type { Clock, Random, Timers } from './platform/ports';
import type { ClientRegistry } from './sessions/clients';
import type { EventBus } from './sessions/event-bus';
import type { SessionManager } from './sessions/manager';
import type { EventReader, SessionReader } from './sessions/read-ports';
import type { ClientRepository, TransportRecord } from './sessions/session-ports';
import type { Servers } from './upstream/servers';

/** What is stored, as far as doors need it: they read, and keep streams. Whatever changes a session goes through the manager. */
interface StoredState {
  readonly sessions: SessionReader;
  readonly events: EventReader;
  readonly history: { query(query: HistoryQuery, now: Ms): History };
  readonly streams: StreamRepository;
  readonly transports: { get(transportId: string): TransportRecord | null };
  readonly clients: Pick<ClientRepository, 'get'>;
  /** Makes everything that `work` (synchronous) writes one transaction: all of it is on the disk, or none. */
  transaction<T>(work: () => T): T;
}

/** The parts of a running supervisor, as its doors see them. Made in `supervisor.ts`, the only place that makes them. */
export interface Services {
  readonly store: StoredState;
  readonly bus: EventBus;
  readonly manager: SessionManager;
  readonly clients: ClientRegistry;
  readonly servers: Servers;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly log: Logger;
  /** Facts about this run, for the window, REST and `endpoint.json`. */
  info(): AppInfo;
}
