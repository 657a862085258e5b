import type { Services } from '../../services';
import type { Relays } from './relay/relays';
import type { Outbox } from './streams/outbox';
import type { PostReply } from './streams/post-reply';
import type { EventStreams } from './streams/sse-stream';
import type { StandaloneStreams } from './streams/standalone-streams';

/** What the handlers of the sessionful leg share. */
export interface FrontContext {
  readonly services: Services;
  readonly relays: Relays;
  readonly push: StandaloneStreams;
  readonly outbox: Outbox;
  readonly streams: EventStreams;
  /** Replies to POSTs with requests that are still unanswered. */
  readonly postReplies: Set<PostReply>;
}
