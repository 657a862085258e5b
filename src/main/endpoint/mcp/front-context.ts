import type { Services } from '../../services';
import type { Relays } from './relay/relays';
import type { Exchange } from './streams/post-reply';
import type { EventStreams } from './streams/sse-stream';
import type { PushStreams } from './streams/standalone-streams';

/** What the handlers of the sessionful leg share. */
export interface Parts {
  readonly services: Services;
  readonly relays: Relays;
  readonly push: PushStreams;
  readonly streams: EventStreams;
  /** POSTs that still wait for replies. */
  readonly exchanges: Set<Exchange>;
}
