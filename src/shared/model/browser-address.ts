import { isLoopbackHost } from './loopback';

/**
 * The address of a login as a browser may be sent to it: https, or http on this machine, without user and password. Null for
 * any other, such as `javascript:`, whatever an authorization server says.
 */
export function browserAddress(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.username !== '' || url.password !== '') return null;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname)) ? url : null;
}
