import type { TransportRecord } from '../session-ports';
import type { LiveTransport } from './live-transport';

/** What a command says of the transport on which its client speaks. */
export const spokenOn = ({ transport_id, client_version, client_process, era, protocol_version }: TransportRecord) => ({
  transport_id,
  client_version,
  client_process,
  era,
  protocol_version,
});

/** The command for a sign of life on a transport. */
export const traffic = ({ record }: LiveTransport) => ({
  type: 'traffic' as const,
  work: false,
  ...spokenOn(record),
  afterRestart: false,
});
