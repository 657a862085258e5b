import { ownValue } from '../../../shared/model/own-value';
import { OF_ANOTHER_SERVER, quoted } from './login-failures';

const REFUSALS: Readonly<Record<string, string>> = {
  access_denied: 'The login was refused. Start it again if that was a mistake.',
  invalid_scope: 'The authorization server does not know what was asked for. Look at "scopes" in the entry.',
  invalid_target: 'The authorization server does not know this server. Look at "resource" in the entry.',
  unauthorized_client: 'The authorization server does not let this client log people in.',
  temporarily_unavailable: 'The authorization server is busy. Try again in a moment.',
  server_error: 'The authorization server failed. Try again in a moment.',
  invalid_client:
    'The authorization server does not know the client, or its secret is wrong. Look at "oauth" in the entry.',
};

/** What a person is told when the browser came back without a code (RFC 6749 section 4.1.2.1). Only the code is quoted. */
export function refusalSentence(code: string | null): string {
  if (code === null)
    return 'The browser came back without an answer of the authorization server. Start the login again.';
  return (
    ownValue(REFUSALS, code) ?? `The authorization server refused the login (${quoted(code.replace(/[^\w.-]/g, ''))}).`
  );
}

/**
 * What a person is told when a step of a login failed, with what to do.
 * @param redirectUri - the address that a client registered by hand must have
 */
export function flowSentence(error: unknown, redirectUri: string): string {
  const { name, message, code, status } = error as Error & { code?: unknown; status?: unknown };
  const byHand = `Register a client for the redirect address ${redirectUri} there, and put its id into the entry as "oauth": {"clientId": ...}.`;
  switch (name) {
    case 'RegistrationRejectedError':
      return `The authorization server does not register Holdfast as a client (it answered ${String(status)}). ${byHand}`;
    case 'IssuerMismatchError':
      return 'The answer came from another authorization server than the one that was asked, so it was not used.';
    case 'AuthorizationServerMismatchError':
      return OF_ANOTHER_SERVER;
    case 'InsecureTokenEndpointError':
      return 'The address for tokens is neither https nor on this machine, so nothing was sent there.';
    default:
  }
  if (/does not support dynamic client registration/i.test(message)) {
    return `The authorization server registers no clients by itself. ${byHand}`;
  }
  if (/Incompatible auth server/.test(message)) return 'The authorization server does not support this kind of login.';
  if (typeof code === 'string' && /^[a-z_]{1,40}$/.test(code)) {
    return ownValue(REFUSALS, code) ?? `The authorization server answered "${code}". Start the login again.`;
  }
  return 'The authorization server sent something that is not an answer. Try again in a moment.';
}
