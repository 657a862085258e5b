import type { Ms } from '../../../shared/model/units';
import type { Contact } from '../liveness';
import type { TransportRecord } from '../session-ports';

/** A transport seen in this run: its record and what is open on it. Times are on the awake clock. */
export interface LiveTransport {
  record: TransportRecord;
  streams: number;
  inFlight: number;
  /** When the client last sent something. */
  lastHeard: Ms;
  /** When data last moved in either direction. A response counts, even though it may not have reached the client. */
  lastTraffic: Ms;
  streamLostAt: Ms | null;
}

/** @param heardAt - when its client last sent something; null if it has not been heard in this run */
export const newLiveTransport = (record: TransportRecord, heardAt: Ms | null): LiveTransport => ({
  record,
  streams: 0,
  inFlight: 0,
  lastHeard: heardAt ?? Number.NEGATIVE_INFINITY,
  lastTraffic: heardAt ?? Number.NEGATIVE_INFINITY,
  streamLostAt: null,
});

/** Whether anything is open on the transport. If so, a closing connection will show when the client leaves. */
export const isOpen = ({ streams, inFlight }: Pick<LiveTransport, 'streams' | 'inFlight'>): boolean =>
  streams > 0 || inFlight > 0;

/** A session's contact: the combined state of its transports. */
export function contactOf(transports: Iterable<LiveTransport>, lastTouch: Ms): Contact {
  let [streams, inFlight, lastHeard, lastTraffic] = [0, 0, lastTouch, lastTouch];
  let streamLostAt: Ms | null = null;
  for (const transport of transports) {
    streams += transport.streams;
    inFlight += transport.inFlight;
    lastHeard = Math.max(lastHeard, transport.lastHeard);
    lastTraffic = Math.max(lastTraffic, transport.lastTraffic);
    if (transport.streamLostAt !== null) streamLostAt = Math.max(streamLostAt ?? 0, transport.streamLostAt);
  }
  return { streams, inFlight, lastHeard, lastTraffic, streamLostAt: streams > 0 ? null : streamLostAt };
}
