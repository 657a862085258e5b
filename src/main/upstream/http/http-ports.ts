import type { Random, Timers } from '../../platform/ports';
import type { SessionPosition } from '../server-connection';

/** What a connection needs to go on with a session that the server keeps. Kept with the instance, given back at its next start. */
export interface HttpResume extends SessionPosition {
  /** The revision that was agreed on: each request names it. */
  readonly protocolVersion: string;
}

export interface HttpDeps {
  readonly timers: Timers;
  readonly random: Random;
}
