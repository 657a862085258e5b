import { type Sentence, said, sentences } from '../../../shared/messages/said';
import { ownValue } from '../../../shared/model/own-value';
import { OF_ANOTHER_SERVER, quoted } from './login-failures';

const REFUSALS: Readonly<Record<string, Sentence>> = {
  access_denied: said('said.flow.access_denied'),
  invalid_scope: said('said.flow.invalid_scope'),
  invalid_target: said('said.flow.invalid_target'),
  unauthorized_client: said('said.flow.unauthorized_client'),
  temporarily_unavailable: said('said.flow.temporarily_unavailable'),
  server_error: said('said.flow.server_error'),
  invalid_client: said('said.flow.invalid_client'),
};

/** What a person is told when the browser came back without a code (RFC 6749 section 4.1.2.1). Only the code is quoted. */
export function refusalSentence(code: string | null): Sentence {
  if (code === null) return said('said.flow.no_answer');
  return ownValue(REFUSALS, code) ?? said('said.flow.refused', { code: quoted(code.replace(/[^\w.-]/g, '')) });
}

/**
 * What a person is told when a step of a login failed, with what to do.
 * @param redirectUri - the address that a client registered by hand must have
 */
export function flowSentence(error: unknown, redirectUri: string): Sentence {
  const { name, message, code, status } = error as Error & { code?: unknown; status?: unknown };
  const byHand = said('said.flow.by_hand', { address: redirectUri });
  switch (name) {
    case 'RegistrationRejectedError':
      return sentences(said('said.flow.not_registered', { status: String(status) }), byHand);
    case 'IssuerMismatchError':
      return said('said.flow.other_issuer');
    case 'AuthorizationServerMismatchError':
      return OF_ANOTHER_SERVER;
    case 'InsecureTokenEndpointError':
      return said('said.flow.insecure');
    default:
  }
  if (/does not support dynamic client registration/i.test(message)) {
    return sentences(said('said.flow.registers_none'), byHand);
  }
  if (/Incompatible auth server/.test(message)) return said('said.flow.unsupported');
  if (typeof code === 'string' && /^[a-z_]{1,40}$/.test(code)) {
    return ownValue(REFUSALS, code) ?? said('said.flow.answered', { code });
  }
  return said('said.flow.nonsense');
}
