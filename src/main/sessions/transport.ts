import type { Ms } from '../../shared/model/units';
import type { Contact } from './liveness';
import type { TransportRecord } from './ports';

/** A transport that this process has seen: its record and what is open on it. */
export interface LiveTransport {
  record: TransportRecord;
  streams: number;
  inFlight: number;
  lastTraffic: Ms;
  streamLostAt: Ms | null;
}

export const newLiveTransport = (record: TransportRecord, monotonic: Ms): LiveTransport => ({
  record,
  streams: 0,
  inFlight: 0,
  lastTraffic: monotonic,
  streamLostAt: null,
});

/** A session's contact is what its transports have together. */
export function contactOf(transports: Iterable<LiveTransport>, lastTouch: Ms): Contact {
  let [streams, inFlight, lastTraffic] = [0, 0, lastTouch];
  let streamLostAt: Ms | null = null;
  for (const transport of transports) {
    streams += transport.streams;
    inFlight += transport.inFlight;
    lastTraffic = Math.max(lastTraffic, transport.lastTraffic);
    if (transport.streamLostAt !== null) streamLostAt = Math.max(streamLostAt ?? 0, transport.streamLostAt);
  }
  return { streams, inFlight, lastTraffic, streamLostAt: streams > 0 ? null : streamLostAt };
}
