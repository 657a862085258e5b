import type { Logger } from 'pino';
import type { Ms } from '../../shared/model/units';
import type { Network } from '../http-client/network';
import type { Random, Timers } from '../platform/ports';
import type { EventBus } from '../sessions/event-bus';
import type { SteadyClock } from '../sessions/steady-clock';
import type { Store } from '../store/store';
import type { SupervisorOptions } from './supervisor-options';

/** What every part of a run stands on. */
export interface Foundation {
  readonly options: SupervisorOptions;
  readonly log: Logger;
  readonly clock: SteadyClock;
  readonly timers: Timers;
  readonly random: Random;
  readonly store: Store;
  readonly bus: EventBus;
  readonly network: Network;
  readonly startedAt: Ms;
  /** The environment that entries in servers.json refer to. */
  readonly environment: NodeJS.ProcessEnv;
  /** The user's home folder. */
  readonly home: string;
  /** Where Holdfast listens; empty before it does. */
  url(): string;
  /** What to end when a later part cannot start, latest last. */
  readonly undo: (() => void | Promise<void>)[];
}
