import type { Network } from '../../http-client/network';
import type { Random, Timers } from '../../platform/ports';
import type { SessionPosition } from '../server-connection';

/** What a connection needs to resume a session at the server. Stored with the instance for its next start. */
export interface HttpResume extends SessionPosition {
  /** The negotiated revision, sent with each request. */
  readonly protocolVersion: string;
}

export interface HttpDeps {
  readonly timers: Timers;
  readonly random: Random;
  readonly network: Network;
}
