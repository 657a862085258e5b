import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HttpProxy, proxyFor } from '#src/main/http-client/proxy';

const SECURE = new URL('https://mcp.example.com/mcp');
const PLAIN = new URL('http://mcp.example.com/mcp');
const named = (url: URL, environment: NodeJS.ProcessEnv) => proxyFor(url, environment)?.name ?? null;
const proxyOf = (value: string): HttpProxy | null => proxyFor(SECURE, { HTTPS_PROXY: value });

describe('the proxy for a URL', () => {
  const all = { HTTPS_PROXY: 'http://s:1', HTTP_PROXY: 'http://p:2', ALL_PROXY: 'http://a:3' };

  test('is the one of its scheme, or else the one for all', () => {
    expect(named(SECURE, all)).toBe('s:1');
    expect(named(PLAIN, all)).toBe('p:2');
    expect(named(SECURE, { ALL_PROXY: all.ALL_PROXY })).toBe('a:3');
    expect(named(PLAIN, { HTTPS_PROXY: all.HTTPS_PROXY })).toBeNull();
  });

  test('is named in small letters first, and by nothing that is empty', () => {
    expect(named(SECURE, { ...all, https_proxy: 'http://low:1' })).toBe('low:1');
    expect(named(SECURE, { ...all, https_proxy: '' })).toBe('s:1');
    expect(named(SECURE, { ...all, all_proxy: 'http://low:1' })).toBe('s:1');
    expect(named(SECURE, { HTTPS_PROXY: ' ' })).toBeNull();
  });

  test('is none where NO_PROXY says so, in small letters first', () => {
    expect(named(SECURE, { ...all, NO_PROXY: 'example.com' })).toBeNull();
    expect(named(SECURE, { ...all, NO_PROXY: 'example.com', no_proxy: 'example.org' })).toBe('s:1');
    expect(named(new URL('http://127.0.0.1:1/mcp'), all)).toBeNull();
  });

  test.for([
    ['proxy.corp:3128', { protocol: 'http:', hostname: 'proxy.corp', port: 3128, name: 'proxy.corp:3128' }],
    ['http://proxy.corp', { protocol: 'http:', port: 80 }],
    ['https://proxy.corp/', { protocol: 'https:', port: 443 }],
    ['http://[2001:db8::1]:3128', { hostname: '2001:db8::1', name: '[2001:db8::1]:3128' }],
    ['ann:s%40fe@proxy.corp:1', { name: 'proxy.corp:1', authorization: `Basic ${btoa('ann:s@fe')}` }],
    ['http://ann:100%@proxy.corp:1', { authorization: `Basic ${btoa('ann:100%')}` }],
    ['http://ann@proxy.corp:1', { authorization: `Basic ${btoa('ann:')}` }],
    ['http://proxy.corp:1', { authorization: null }],
  ] as const)('%s is understood', ([value, expected]) => {
    expect(proxyOf(value)).toMatchObject(expected);
  });

  test.for(['socks5://proxy.corp:1080', 'socks://ann:secret@proxy.corp:1080'])(
    '%s is of a kind that is refused',
    (value) => {
      expect(() => proxyFor(PLAIN, { all_proxy: value })).toThrow(
        "cannot be asked: all_proxy names a SOCKS proxy; name one for HTTP, or list the server's host in NO_PROXY",
      );
    },
  );

  test.for([
    'http://',
    'ftp://proxy.corp',
    'http://ann:secret#x@proxy.corp:1',
    'http://a b',
    'http://proxy.corp:99999',
  ])('%s is no address of a proxy, and the sentence does not repeat it', (value) => {
    expect(() => proxyOf(value)).toThrow(/^cannot be asked: HTTPS_PROXY does not hold the address of a proxy; write /);
    expect(() => proxyOf(value)).not.toThrow(/secret|corp/);
  });

  test('any user and password reach it as they are', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(
        text.filter((user) => !user.includes(':')),
        text,
        (user, password) => {
          const value = `http://${encodeURIComponent(user)}:${encodeURIComponent(password)}@proxy.corp:1`;
          const sent = proxyOf(value)?.authorization?.replace('Basic ', '') ?? '';
          expect(Buffer.from(sent, 'base64').toString()).toBe(Buffer.from(`${user}:${password}`).toString());
        },
      ),
    );
  });
});
