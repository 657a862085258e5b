import type { HoldfastEvent } from '../../../shared/contract/event';
import type { TransportEffects } from '../../sessions/transports/transport-ports';
import type { FrontContext } from './front-context';
import type { StatelessLeg } from './stateless/stateless';
import type { PostReply } from './streams/post-reply';

/**
 * Makes open connections follow changes to sessions and their transports.
 * @param stateless - does something with the leg without sessions, if it is in use
 */
export function transportEffects(
  context: FrontContext,
  stateless: (work: (leg: StatelessLeg) => void) => void,
): TransportEffects {
  const { relays, push, postReplies } = context;
  const postRepliesOf = (transportId: string): PostReply[] =>
    [...postReplies].filter((postReply) => postReply.transportId === transportId);
  const cut = (transportId: string): void => {
    push.cut(transportId);
    for (const postReply of postRepliesOf(transportId)) postReply.cut();
  };
  return {
    transportEnded({ transport_id, session_id, reserved_session_id, went_to }) {
      if (went_to) stateless((leg) => leg.sessionChanged(transport_id));
      // A session's relay serves its other transports too, and ends with the session.
      if (session_id === null) relays.retire(reserved_session_id);
      push.cut(transport_id);
      for (const postReply of postRepliesOf(transport_id)) {
        // If the session has ended too, its calls are being settled, and their answers go out before the connection
        // ends.
        if (postReply.sessionId !== null && relays.serves(postReply.sessionId)) postReply.cut();
      }
    },
    transportMoved({ transport_id, session_id, reserved_session_id }, from) {
      // The session keeps the relay it has: the one that the transport used meanwhile is given up.
      if (from === null) relays.retire(reserved_session_id);
      else push.move(transport_id, from, session_id);
      for (const postReply of postRepliesOf(transport_id)) postReply.moveTo(session_id);
    },
    sessionTakenOver(sessionId, sentence, transportId) {
      relays.takenOver(sessionId, sentence);
      push.takenOver(sessionId);
      stateless((leg) => leg.sessionChanged(transportId));
    },
    transportCut: cut,
  };
}

/** Delivers buffered messages to new sessions, and releases what ended ones held. */
export function followSessions({ relays, push }: FrontContext, events: readonly HoldfastEvent[]): void {
  for (const { kind, session_id } of events) {
    if (session_id === null) continue;
    if (kind === 'session_created') relays.begun(session_id);
    if (kind !== 'session_closed' && kind !== 'session_expired') continue;
    relays.retire(session_id);
    push.forget(session_id);
  }
}
