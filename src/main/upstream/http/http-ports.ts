import type { Network } from '../../http-client/network';
import type { Random, Timers } from '../../platform/ports';
import type { Login } from '../login/login';
import type { Waking } from '../restarts/waking';
import type { SessionPosition } from '../server-connection';

/** What a connection needs to resume a session at the server. Stored with the instance for its next start. */
export interface HttpResume extends SessionPosition {
  /** The negotiated revision, sent with each request. */
  readonly protocolVersion: string;
}

export interface HttpDeps {
  readonly timers: Timers;
  readonly random: Random;
  /** Null for a server without one. */
  readonly login: Login | null;
  /** Omitted: the machine never sleeps. */
  readonly waking?: Pick<Waking, 'left'>;
  readonly network: Network;
}
