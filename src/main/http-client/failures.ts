import { type Sentence, said } from '../../shared/messages/said';
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

  constructor(message: Sentence, { taken, passing }: Failing, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RequestFailed';
    this.taken = taken;
    this.passing = passing;
  }
}

const UNREACHED: Readonly<Record<string, Sentence>> = {
  ECONNREFUSED: said('said.net.refused'),
  ENOTFOUND: said('said.net.not_found'),
  EAI_AGAIN: said('said.net.not_found_now'),
  EHOSTUNREACH: said('said.net.no_route'),
  ENETUNREACH: said('said.net.no_network'),
  ENETDOWN: said('said.net.no_network'),
  ETIMEDOUT: said('said.net.silent_host'),
};

const CERTIFICATE: Readonly<Record<string, Sentence>> = {
  CERT_HAS_EXPIRED: said('said.net.cert_expired'),
  DEPTH_ZERO_SELF_SIGNED_CERT: said('said.net.cert_self'),
  SELF_SIGNED_CERT_IN_CHAIN: said('said.net.cert_authority'),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: said('said.net.cert_authority'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: said('said.net.cert_authority'),
  ERR_TLS_CERT_ALTNAME_INVALID: said('said.net.cert_host'),
  EPROTO: said('said.net.not_tls'),
  ERR_SSL_WRONG_VERSION_NUMBER: said('said.net.not_tls'),
  ERR_SSL_PACKET_LENGTH_TOO_LONG: said('said.net.not_tls'),
};

/** Why a host could not be connected to, as a sentence about it without its subject; null if the error is of another kind. */
export const unreachedOf = (error: unknown): Sentence | null => ownValue(UNREACHED, codeOf(error)) ?? null;

/** What is wrong with a certificate, as a sentence; null if the error is of another kind. */
export const untrustedOf = (error: unknown): Sentence | null => ownValue(CERTIFICATE, codeOf(error)) ?? null;

/** Describes a socket error. `connected` tells whether the request could have been sent. */
export function networkFailure(error: unknown, host: string, connected: boolean): RequestFailed {
  const code = codeOf(error);
  const untrusted = untrustedOf(error);
  if (untrusted !== null && !connected) {
    const how = { taken: false, passing: false };
    const what = said('said.net.untrusted', { what: untrusted });
    return new RequestFailed(said('said.server.at', { host, what }), how, { cause: error });
  }
  const unreached = unreachedOf(error);
  if (unreached !== null && !connected) {
    const what = said('said.server.at', { host, what: unreached });
    return new RequestFailed(what, { taken: false, passing: true }, { cause: error });
  }
  const what = brokenOff(connected ? 'said.net.cut' : 'said.net.not_connected', code);
  const sentence = connected ? what : said('said.server.at', { host, what });
  return new RequestFailed(sentence, { taken: connected, passing: true }, { cause: error });
}

/** That a connection broke off, or was never made, with the code of the system if there is one. */
export const brokenOff = (id: 'said.net.cut' | 'said.net.not_connected', code: string): Sentence =>
  code === '' ? said(id) : said(`${id}_code`, { code });

/** Describes an HTTP status that does not answer a message, in the form of {@link RequestFailed}'s message. */
export function statusSentence(status: number): Sentence {
  if (status === 401) return said('said.status.401');
  if (status === 403) return said('said.status.403');
  if (status === 404) return said('said.status.404');
  if (status === 405) return said('said.status.405');
  if (status === 406 || status === 415) return said('said.status.not_streamable', { status });
  if (status === 413) return said('said.status.413');
  if (status === 429) return said('said.status.429');
  if (status >= 500) return said('said.status.5xx', { status });
  return said('said.status.other', { status });
}

function codeOf(error: unknown): string {
  // Several addresses of one host were tried: report the first failure.
  const first: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const code = (first as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
