import type { HoldfastEvent } from '../../../shared/contract/event';
import type { TransportEffects } from '../../sessions/transports/transport-binding';
import type { FrontContext } from './front-context';
import type { PostReply } from './streams/post-reply';

/** Makes open connections follow what became of sessions and their transports. */
export function transportEffects(context: FrontContext): TransportEffects {
  const { relays, push, postReplies } = context;
  const postRepliesOf = (transportId: string): PostReply[] =>
    [...postReplies].filter((postReply) => postReply.transportId === transportId);
  const cut = (transportId: string): void => {
    push.cut(transportId);
    for (const postReply of postRepliesOf(transportId)) postReply.cut();
  };
  return {
    transportEnded(transportId) {
      relays.retire(transportId);
      push.cut(transportId);
      for (const postReply of postRepliesOf(transportId)) {
        // When its session has ended as well, its calls are being settled and their answers go out before it ends.
        if (postReply.sessionId !== null && relays.serves(postReply.sessionId)) postReply.cut();
      }
    },
    transportMoved(transportId, from, to, isNew) {
      // What a session had before, it keeps: what the transport began with meanwhile is given up for it.
      if (from !== null) push.move(transportId, from, to);
      else if (isNew) relays.bound(transportId, to);
      else relays.retire(transportId);
      for (const postReply of postRepliesOf(transportId)) postReply.moveTo(to);
    },
    transportCut: cut,
  };
}

/** Releases what an ended session held. */
export function releaseEnded({ relays, push }: FrontContext, events: readonly HoldfastEvent[]): void {
  for (const { kind, session_id } of events) {
    if ((kind !== 'session_closed' && kind !== 'session_expired') || session_id === null) continue;
    relays.retire(session_id);
    push.forget(session_id);
  }
}
