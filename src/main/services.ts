import type { Logger } from 'pino';
import type { AppInfo } from '../shared/contract/app';
import type { History, HistoryQuery } from '../shared/contract/history';
import type { Ms } from '../shared/model/units';
import type { Alerts } from './alerts/alerts';
import type { ClientProcesses } from './clients/client-processes';
import type { Network } from './http-client/network';
import type { CallIds } from './mcp/call-ids';
import type { ServerListRepository } from './mcp/stored-lists';
import type { StreamRepository } from './mcp/stored-streams';
import type { Random, SessionClock, Timers } from './platform/ports';
import type { ClientRegistry } from './sessions/clients';
import type { EventBus } from './sessions/event-bus';
import type { SessionManager } from './sessions/manager';
import type { EventReader, SessionReader } from './sessions/read-ports';
import type { ClientRepository, TransportRecord } from './sessions/session-ports';
import type { Servers } from './upstream/servers';

/** The stored state that the ways in may read, and where they keep streams. Only the manager changes sessions. */
interface StoredState {
  readonly sessions: SessionReader;
  readonly events: EventReader;
  readonly history: { query(query: HistoryQuery, now: Ms): History };
  readonly streams: StreamRepository;
  readonly serverLists: ServerListRepository;
  readonly transports: { get(transportId: string): TransportRecord | null };
  readonly clients: Pick<ClientRepository, 'get'>;
  /** Runs the synchronous `work` in one transaction: everything it writes reaches the disk, or nothing does. */
  transaction<T>(work: () => T): T;
}

/** The parts of a running supervisor that the ways in may use. Created only in `supervisor.ts`. */
export interface Services {
  readonly store: StoredState;
  readonly bus: EventBus;
  readonly manager: SessionManager;
  readonly clients: ClientRegistry;
  readonly clientProcesses: ClientProcesses;
  readonly servers: Servers;
  readonly clock: SessionClock;
  readonly timers: Timers;
  readonly random: Random;
  /** How requests to servers over HTTP leave this machine. */
  readonly network: Network;
  readonly callIds: CallIds;
  readonly alerts: Alerts;
  readonly log: Logger;
  /** Facts about this run, for the window, REST and `endpoint.json`. */
  info(): AppInfo;
}
