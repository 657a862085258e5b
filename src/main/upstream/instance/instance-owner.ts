import type { NewEvent } from '../../../shared/contract/event';
import type { Clock, Random, Timers } from '../../platform/ports';
import type { KeeperLink } from '../keeper/keeper-ports';
import type { Starts } from '../restarts/start-gate';
import type { ServerConnection } from '../server-connection';
import type { SessionKeys } from '../session-keys';
import type { InstanceRecord, ServerConfig } from '../upstream-ports';
import type { SafeCalls } from './safe-calls';

/** What changes together: rows of instances and what is to be said of it. */
export interface InstanceChange {
  readonly save?: readonly InstanceRecord[];
  /** Ids of instances. */
  readonly remove?: readonly string[];
  readonly events?: readonly NewEvent[];
}

/** What every part of the supervision of servers needs. */
export interface UpstreamDeps {
  readonly keeper: KeeperLink;
  readonly sessions: SessionKeys;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly version: string;
  readonly log: { warn(details: object, message: string): void; debug(details: object, message: string): void };
  /**
   * Commits in one transaction, then publishes. Does not throw: while the database cannot be written servers go on, and
   * what could not be recorded is logged.
   */
  readonly commit: (change: InstanceChange) => void;
}

/** What the instances of one server share. */
export interface InstanceOwner extends Starts {
  readonly deps: UpstreamDeps;
  readonly config: ServerConfig;
  readonly safe: SafeCalls;
  /** The newest of what {@link failed} was told. */
  readonly lastError: string | null;
  /**
   * Told of each failure.
   * @param sentence - for a person, without a secret
   * @param connection - what failed, if it came to be
   */
  failed(sentence: string, connection: ServerConnection | null): void;
  /** Told when an instance was started again. */
  restarted(): void;
}
