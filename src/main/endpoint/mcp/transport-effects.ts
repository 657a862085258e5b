import type { HoldfastEvent } from '../../../shared/contract/event';
import type { TransportEffects } from '../../sessions/transports/transport-binding';
import type { Parts } from './front-context';
import type { Exchange } from './streams/post-reply';

/** Makes open connections follow what became of sessions and their transports. */
export function transportEffects(parts: Parts): TransportEffects {
  const { relays, push, exchanges } = parts;
  const exchangesOf = (transportId: string): Exchange[] =>
    [...exchanges].filter((exchange) => exchange.transportId === transportId);
  const cut = (transportId: string): void => {
    push.cut(transportId);
    for (const exchange of exchangesOf(transportId)) exchange.cut();
  };
  return {
    transportEnded(transportId) {
      relays.retire(transportId);
      push.cut(transportId);
      for (const exchange of exchangesOf(transportId)) {
        // When its session has ended as well, its calls are being settled and their answers go out before it ends.
        if (exchange.sessionId !== null && relays.serves(exchange.sessionId)) exchange.cut();
      }
    },
    transportMoved(transportId, from, to, isNew) {
      // What a session had before, it keeps: what the transport began with meanwhile is given up for it.
      if (from !== null) push.move(transportId, from, to);
      else if (isNew) relays.bound(transportId, to);
      else relays.retire(transportId);
      for (const exchange of exchangesOf(transportId)) exchange.moveTo(to);
    },
    transportCut: cut,
  };
}

/** Releases what an ended session held. */
export function releaseEnded({ relays, push }: Parts, events: readonly HoldfastEvent[]): void {
  for (const { kind, session_id } of events) {
    if ((kind !== 'session_closed' && kind !== 'session_expired') || session_id === null) continue;
    relays.retire(session_id);
    push.forget(session_id);
  }
}
