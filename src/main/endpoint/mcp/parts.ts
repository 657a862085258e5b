import type { Services } from '../../services';
import type { EventStreams } from './event-stream';
import type { Exchange } from './exchange';
import type { PushStreams } from './push-streams';
import type { Relays } from './relays';

/** What the handlers of the sessionful leg share. */
export interface Parts {
  readonly services: Services;
  readonly relays: Relays;
  readonly push: PushStreams;
  readonly streams: EventStreams;
  /** POSTs that still wait for replies. */
  readonly exchanges: Set<Exchange>;
}
