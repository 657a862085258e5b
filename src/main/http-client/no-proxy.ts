import { BlockList, isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { isLoopbackHost } from '../../shared/model/loopback';

/** An entry with a port: `host:port`, `[address]:port`. An IPv6 address without brackets has none. */
const WITH_PORT = /^(\[[^\]]*\]|[^:[\]]*):(\d{1,5})$/;
/** Addresses that a system takes for its own when something connects to them. */
const UNSPECIFIED: ReadonlySet<string> = new Set(['0.0.0.0', '[::]']);

/**
 * Whether a URL is asked directly, whatever proxy there is: this machine always is, and what `noProxy` (the value of
 * `NO_PROXY`) lists. Its entries are separated by commas or blanks, and upper and lower case are the same:
 *
 * - `*`: everything
 * - `example.com` or `.example.com`: that host and the hosts below it, as curl has it
 * - `*.example.com`: only the hosts below it
 * - `192.0.2.7`, `[2001:db8::1]`, `192.0.2.0/24`, `2001:db8::/32`: addresses. Names are not resolved for them
 * - any of these with `:8443` at its end: only at that port
 *
 * An entry that is none of these matches nothing.
 */
export function isExempt(url: URL, noProxy: string): boolean {
  if (isLoopbackHost(url.hostname) || UNSPECIFIED.has(url.hostname)) return true;
  const host = withoutRootDot(withoutBrackets(url.hostname));
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  const [, named = entry, onlyPort] = WITH_PORT.exec(entry) ?? [];
  if (onlyPort !== undefined && Number(onlyPort) !== Number(port)) return false;
  if (named === '*') return true;
  return isIP(host) === 0 ? matchesName(named, host) : matchesAddress(withoutBrackets(named), host);
}

function matchesName(named: string, host: string): boolean {
  const isOnlyBelow = named.startsWith('*.');
  const domain = domainToASCII(withoutRootDot(isOnlyBelow ? named.slice(2) : named.replace(/^\./, '')));
  if (domain === '') return false;
  return host.endsWith(`.${domain}`) || (!isOnlyBelow && host === domain);
}

function matchesAddress(named: string, host: string): boolean {
  const [address = '', bits] = named.split('/');
  const family = isIP(address);
  if (family === 0 || (bits !== undefined && !/^\d{1,3}$/.test(bits))) return false;
  const most = family === 4 ? 32 : 128;
  const prefix = bits === undefined ? most : Number(bits);
  if (prefix > most) return false;
  const listed = new BlockList();
  listed.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  return listed.check(host, isIP(host) === 4 ? 'ipv4' : 'ipv6');
}

const withoutBrackets = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
const withoutRootDot = (host: string): string => host.replace(/\.$/, '');
