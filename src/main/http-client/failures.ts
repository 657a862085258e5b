import { ownValue } from '../../shared/model/own-value';
/** What a failure means for another attempt; see {@link RequestFailed}. */
export interface Failing {
  readonly taken: boolean;
  readonly passing: boolean;
}

/**
 * A request that got no response. `message` completes a sentence whose subject is the server. It contains no header
 * values and only the host of the address, since either may hold a secret.
 */
export class RequestFailed extends Error {
  /** Whether the server may have started on the request. */
  readonly taken: boolean;
  /** Whether a retry may succeed without anyone changing anything. */
  readonly passing: boolean;

  constructor(message: string, { taken, passing }: Failing, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestFailed';
    this.taken = taken;
    this.passing = passing;
  }
}

const UNREACHED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: nothing listens there',
  ENOTFOUND: 'could not be found. Check the address or your network',
  EAI_AGAIN: 'could not be found right now. Check your network',
  EHOSTUNREACH: 'is not reachable: there is no route to its host',
  ENETUNREACH: 'is not reachable: there is no network',
  ENETDOWN: 'is not reachable: there is no network',
  ETIMEDOUT: 'is not reachable: its host does not answer',
};

const CERTIFICATE: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that this machine does not know',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that this machine does not know',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that this machine does not know',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  EPROTO: 'it does not speak TLS there; is the address http:// rather than https://?',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there; is the address http:// rather than https://?',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there; is the address http:// rather than https://?',
};

/** Why a host could not be connected to, as a sentence about it without its subject; null if the error is of another kind. */
export const unreachedOf = (error: unknown): string | null => ownValue(UNREACHED, codeOf(error)) ?? null;

/** What is wrong with a certificate, as a sentence; null if the error is of another kind. */
export const untrustedOf = (error: unknown): string | null => ownValue(CERTIFICATE, codeOf(error)) ?? null;

/** Describes a socket error. `connected` tells whether the request could have been sent. */
export function networkFailure(error: unknown, host: string, connected: boolean): RequestFailed {
  const code = codeOf(error);
  const untrusted = untrustedOf(error);
  if (untrusted !== null && !connected) {
    const how = { taken: false, passing: false };
    return new RequestFailed(`at ${host} is not trusted: ${untrusted}`, how, { cause: error });
  }
  const unreached = unreachedOf(error);
  if (unreached !== null && !connected) {
    return new RequestFailed(`at ${host} ${unreached}`, { taken: false, passing: true }, { cause: error });
  }
  const sentence = connected ? 'cut the connection' : `at ${host} could not be connected to`;
  const named = code === '' ? sentence : `${sentence} (${code})`;
  return new RequestFailed(named, { taken: connected, passing: true }, { cause: error });
}

const OLDER = 'if it is an older SSE server, write "type": "sse" into its entry';

/** Describes an HTTP status that does not answer a message, in the form of {@link RequestFailed}'s message. */
export function statusSentence(status: number): string {
  if (status === 401) return 'answered 401: it wants a key or a token; check the headers of its entry';
  if (status === 403) return 'answered 403: what its headers say is not allowed to do this';
  if (status === 404) return `answered 404: there is no MCP endpoint at its address; ${OLDER}`;
  if (status === 405) return `answered 405: its address takes no MCP messages; ${OLDER}`;
  if (status === 406 || status === 415) return `answered ${status}: it does not speak Streamable HTTP as Holdfast does`;
  if (status === 413) return 'answered 413: the message is larger than it allows';
  if (status === 429) return 'answered 429: it was asked too often';
  if (status >= 500) return `answered ${status}: it failed by itself, or what is in front of it did`;
  return `answered ${status}`;
}

function codeOf(error: unknown): string {
  // Several addresses of one host were tried: report the first failure.
  const first: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code = (first as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
