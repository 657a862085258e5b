import { decodeJwt } from 'jose';

/** In characters. */
const LONGEST = 200;

/**
 * Who logged in, as the id token says it (OpenID Connect Core 1.0 section 5.1); null when there is none. It comes straight
 * from the authorization server and is shown to people only, so its signature is not checked.
 */
export function accountIn(idToken: string | undefined): string | null {
  if (idToken === undefined) return null;
  try {
    const { email, preferred_username, name, sub } = decodeJwt(idToken);
    const account = [email, preferred_username, name, sub].find((one) => typeof one === 'string' && one !== '');
    return typeof account === 'string' ? account.slice(0, LONGEST) : null;
  } catch {
    return null;
  }
}
