import type { Logger } from 'pino';
import type { ProcessLimits } from '../shared/model/policy';
import type { ActivityLog } from './activity/activity-log';
import type { Network } from './http-client/network';
import { CallIds } from './mcp/call-ids';
import type { Clock, Random, Timers } from './platform/ports';
import type { EventBus } from './sessions/event-bus';
import type { Sleeps } from './sessions/sleeps';
import type { Store } from './store/store';
import { KeeperProcessLink } from './upstream/keeper/keeper-link';

import { HeldCalls } from './upstream/login/held-calls';
import type { Logins } from './upstream/login/logins';
import { KnownFailures } from './upstream/restarts/known-failures';
import { Servers } from './upstream/servers';
import { storedSessionKeys } from './upstream/session-keys';
import { ToolMemory } from './upstream/tools/tool-memory';
import type { ServerConfigs } from './upstream/upstream-ports';

export interface OpenServersDeps {
  readonly store: Store;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly network: Network;
  readonly callIds: CallIds;
  readonly log: Logger;
  readonly configs: ServerConfigs;
  /** The data folder that the processes belong to. */
  readonly folder: string;
  readonly version: string;
  readonly limits: ProcessLimits;
  readonly logins: Logins;
  readonly sleeps: Sleeps;
  readonly activity: ActivityLog;
}

/** Creates the ids of calls, which go on where the last run on this store may have stopped. */
export const storedCallIds = ({ settings }: Store, log: Logger): CallIds =>
  new CallIds(
    { read: () => settings.get<number>('call_ids'), write: (value) => settings.set('call_ids', value) },
    (error) => log.warn({ err: error }, 'ids of calls could not be reserved; they may be reused after a restart'),
  );

/** Creates the supervision of servers on this store, with processes in the data folder's keeper. Does not start it. */
export function openServers(deps: OpenServersDeps): Servers {
  const {
    store,
    bus,
    clock,
    timers,
    random,
    network,
    callIds,
    log,
    configs,
    folder,
    version,
    limits,
    logins,
    sleeps,
    activity,
  } = deps;
  return new Servers({
    configs,
    clock,
    timers,
    random,
    network,
    callIds,
    log,
    version,
    limits,
    logins,
    activity,
    storedLists: () => store.serverLists.all(),
    asleep: (from, to) => sleeps.within(from, to),
    instances: store.instances,
    keeper: new KeeperProcessLink({ folder, log }),
    heldCalls: new HeldCalls({ repository: store.heldCalls, clock, log }),
    tools: new ToolMemory({
      repository: store.knownTools,
      clock,
      log,
      record: (events) => bus.publish(store.transaction(() => store.repository.commit({ events }))),
    }),
    failures: new KnownFailures({ repository: store.serverFailures, log }),
    sessions: storedSessionKeys(store.repository),
    transaction: (work) => store.transaction(work),
    append: (events) => store.repository.commit({ events }),
    publish: (events) => bus.publish(events),
    subscribe: (listener) => bus.subscribe(listener),
  });
}
