import type { Logger } from 'pino';
import type { AppInfo } from '../shared/contract/app';
import type { History, HistoryQuery } from '../shared/contract/history';
import type { Deletion, DeletionCounts, KeptData } from '../shared/contract/privacy';
import type { Ms } from '../shared/model/units';
import type { ActivityLog } from './activity/activity-log';
import type { ActivityReader } from './activity/activity-ports';
import type { FailingCallsWatch } from './activity/failing-calls';
import type { ContentsRecording } from './activity/recording';
import type { Alerts } from './alerts/alerts';
import type { ClientProcesses } from './clients/client-processes';
import type { UnknownKeys } from './clients/unknown-keys';
import type { ConnectionDesk } from './connect/connection-desk';
import type { DemoShow } from './demo/demo';
import type { Network } from './http-client/network';
import type { LongCalls } from './long-calls/long-calls';
import type { CallIds } from './mcp/call-ids';
import type { ServerListRepository } from './mcp/stored-lists';
import type { StreamRepository } from './mcp/stored-streams';
import type { TaskRepository } from './mcp/stored-tasks';
import type { Random, SessionClock, StartAtLogin, Timers } from './platform/ports';
import type { ClientRegistry } from './sessions/clients';
import type { EventBus } from './sessions/event-bus';
import type { SessionManager } from './sessions/manager';
import type { EventReader, SessionReader } from './sessions/read-ports';
import type { ClientRepository, TransportRecord } from './sessions/session-ports';
import type { FirstRun } from './settings/first-run';
import type { SettingDesk } from './settings/setting-desk';
import type { Telemetry } from './telemetry/telemetry';
import type { FoundToolRepository } from './tool-sets/tool-set-ports';
import type { ToolUse } from './tool-sets/tool-use';
import type { ToolVisibility } from './tool-sets/tool-visibility';
import type { Updates } from './updates/updates';
import type { Servers } from './upstream/servers';

/** The stored state that the ways in may read, and where they keep streams. Only the manager changes sessions. */
interface StoredState {
  readonly sessions: SessionReader;
  readonly sessionNames: {
    list(): Record<string, string>;
    set(sessionId: string, name: string): Record<string, string>;
  };
  readonly events: EventReader;
  readonly history: { query(query: HistoryQuery, now: Ms): History };
  readonly activity: ActivityReader;
  readonly streams: StreamRepository;
  readonly serverLists: ServerListRepository;
  readonly foundTools: Pick<FoundToolRepository, 'of' | 'add'>;
  readonly tasks: TaskRepository;
  /** How much is kept, and what a deletion would take. */
  readonly keptSizes: {
    measure(): Promise<KeptData>;
    count(what: Deletion['what'], before: Ms): Promise<DeletionCounts>;
  };
  readonly deletion: { run(what: Deletion['what'], now: Ms, before: Ms): Promise<DeletionCounts> };
  readonly transports: { get(transportId: string): TransportRecord | null };
  readonly clients: Pick<ClientRepository, 'get'>;
  /** Runs the synchronous `work` in one transaction: everything it writes reaches the disk, or nothing does. */
  transaction<T>(work: () => T): T;
}

/** The parts of a running supervisor that the ways in may use. Created only in `supervisor.ts`. */
export interface Services {
  readonly store: StoredState;
  readonly desk: SettingDesk;
  readonly bus: EventBus;
  readonly manager: SessionManager;
  readonly clients: ClientRegistry;
  readonly clientProcesses: ClientProcesses;
  readonly unknownKeys: UnknownKeys;
  readonly connections: ConnectionDesk;
  readonly demo: DemoShow;
  readonly servers: Servers;
  readonly visibility: ToolVisibility;
  readonly toolUse: ToolUse;
  readonly clock: SessionClock;
  readonly timers: Timers;
  readonly random: Random;
  /** How requests to servers over HTTP leave this machine. */
  readonly network: Network;
  readonly callIds: CallIds;
  readonly startAtLogin: StartAtLogin;
  readonly firstRun: FirstRun;
  readonly telemetry: Pick<Telemetry, 'get' | 'setOtlp' | 'setMetrics' | 'test' | 'isMetricsKey' | 'exposition'>;
  readonly updates: Pick<Updates, 'get' | 'set' | 'check'>;
  readonly activity: ActivityLog;
  readonly longCalls: LongCalls;
  readonly failing: Pick<FailingCallsWatch, 'current'>;
  readonly recording: ContentsRecording;
  readonly alerts: Alerts;
  readonly log: Logger;
  /** Facts about this run, for the window, REST and `endpoint.json`. */
  info(): AppInfo;
}
