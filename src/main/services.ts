import type { Logger } from 'pino';
import type { AppInfo } from '../shared/contract/app';
import type { Clock, Random, Timers } from './platform/ports';
import type { ClientRegistry } from './sessions/clients';
import type { EventBus } from './sessions/event-bus';
import type { SessionManager } from './sessions/manager';
import type { Store } from './store/store';
import type { Servers } from './upstream/servers';

/** The parts of a running supervisor, as its doors see them. Made in `supervisor.ts`, the only place that makes them. */
export interface Services {
  readonly store: Store;
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
