import type { NewEvent } from '../../../shared/contract/event';
import type { Ms } from '../../../shared/model/units';
import type { ActivityLog } from '../../activity/activity-log';
import type { Network } from '../../http-client/network';
import type { CallIds } from '../../mcp/call-ids';
import type { Listings } from '../../mcp/lists/listings';
import type { InitializeResult } from '../../mcp/server-channel';
import type { Clock, Random, Timers } from '../../platform/ports';
import type { KeeperLink } from '../keeper/keeper-ports';
import type { HeldCalls } from '../login/held-calls';
import type { Login } from '../login/login';
import type { KnownFailures } from '../restarts/known-failures';
import type { Starts } from '../restarts/start-gate';
import type { Waking } from '../restarts/waking';
import type { ServerConnection } from '../server-connection';
import type { SessionKeys } from '../session-keys';
import type { ToolMemory } from '../tools/tool-memory';
import type { InstanceRecord, OpenQuestion, ServerConfig } from '../upstream-ports';
import type { SafeCalls } from './safe-calls';

/** Changes to instance rows, and events about them, to be committed together. */
export interface InstanceChange {
  readonly save?: readonly InstanceRecord[];
  /** Instance ids. */
  readonly remove?: readonly string[];
  readonly asked?: readonly OpenQuestion[];
  readonly settled?: readonly Pick<OpenQuestion, 'instance_id' | 'question_id'>[];
  readonly events?: readonly NewEvent[];
}

/** Dependencies shared by everything that supervises servers. */
export interface UpstreamDeps {
  readonly keeper: KeeperLink;
  readonly sessions: SessionKeys;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly network: Network;
  readonly callIds: CallIds;
  /** Whether the machine woke a moment ago. */
  readonly waking: Waking;
  /** How much of the time between two moments the machine slept. Omitted: it never slept. */
  readonly asleep?: (from: Ms, to: Ms) => Ms;
  readonly version: string;
  readonly log: { warn(details: object, message: string): void; debug(details: object, message: string): void };
  /**
   * Commits in one transaction, then publishes. Does not throw: if the database cannot be written, servers keep running
   * and the failure is logged.
   */
  readonly commit: (change: InstanceChange) => void;
  /**
   * Waits until one more process may run.
   * @throws Error whose message continues a sentence that starts with the server's name
   */
  readonly admit: (wanted: InstanceRecord) => Promise<void>;
  readonly heldCalls: HeldCalls;
  readonly activity: ActivityLog;
  readonly failures: KnownFailures;
  readonly tools: ToolMemory;
  /** The login of a server; null if it has none. */
  readonly loginOf: (config: ServerConfig) => Login | null;
}

/** What the instances of one server have in common. */
export interface InstanceOwner extends Starts {
  readonly deps: UpstreamDeps;
  readonly config: ServerConfig;
  readonly safe: SafeCalls;
  /** The login of the server; null if it has none. */
  readonly login: Login | null;
  /** The server's latest answer to `initialize`, also of an earlier instance; null if there was none. */
  readonly said: InitializeResult | null;
  /** The latest sentence passed to {@link failed}; null if there is none. */
  readonly lastError: string | null;
  /**
   * Call on each failure.
   * @param sentence - for a person, without secrets
   * @param connection - the connection that failed; null if none was made
   */
  failed(sentence: string, connection: ServerConnection | null): void;
  /** Call when a start takes longer than whoever asked waits for it, with a sentence for a person. */
  slow(sentence: string): void;
  /** What one user lists from the server; see `ChannelOwner`. */
  listings(isPartly: boolean): Listings;
  /** Call when an instance is running. */
  cameUp(): void;
  /** Call after an instance was restarted. */
  restarted(): void;
}
