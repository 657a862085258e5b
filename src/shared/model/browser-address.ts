import { isLoopbackHost } from './loopback';

/**
 * An address that a browser may be sent to, or something be posted to: https, or http on this machine, without user and
 * password. Null for any other, such as `javascript:`, whoever names it.
 */
export function browserAddress(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.username !== '' || url.password !== '') return null;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname)) ? url : null;
}
