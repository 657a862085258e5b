import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isExempt } from '#src/main/http-client/no-proxy';

const exempt = (url: string, noProxy: string) => isExempt(new URL(url), noProxy);
const label = fc.stringMatching(/^[a-z][a-z0-9]{0,6}$/);
const domain = fc.tuple(label, label).map(([name, top]) => `${name}.${top}x`);
const octet = fc.integer({ min: 0, max: 255 });
/** Not of this machine: loopback and 0.0.0.0 are exempt anyhow. */
const ipv4 = fc.tuple(fc.integer({ min: 1, max: 126 }), octet, octet, octet);
const asNumber = (parts: readonly number[]) => parts.reduce((sum, part) => sum * 256 + part, 0);

describe('NO_PROXY', () => {
  test.for([
    ['https://example.com/mcp', 'example.com', true],
    ['https://EXAMPLE.com/mcp', 'Example.COM', true],
    ['https://example.com./mcp', 'example.com', true],
    ['https://a.example.com/mcp', 'example.com', true],
    ['https://notexample.com/mcp', 'example.com', false],
    ['https://example.com/mcp', '.example.com', true],
    ['https://a.example.com/mcp', '.example.com', true],
    ['https://example.com/mcp', '*.example.com', false],
    ['https://a.example.com/mcp', '*.example.com', true],
    ['https://example.com.evil.org/mcp', 'example.com', false],
    ['https://bücher.example/mcp', 'bücher.example', true],
    ['https://example.com/mcp', '*', true],
    ['https://example.com/mcp', 'a.org, *', true],
    ['https://example.com:8443/mcp', 'example.com:8443', true],
    ['https://example.com/mcp', 'example.com:443', true],
    ['http://example.com/mcp', 'example.com:80', true],
    ['https://example.com/mcp', 'example.com:8443', false],
    ['https://192.0.2.7/mcp', '192.0.2.7', true],
    ['https://192.0.2.7/mcp', '192.0.2', false],
    ['https://192.0.2.7/mcp', '2.7', false],
    ['https://192.0.2.7:8443/mcp', '192.0.2.7:8443', true],
    ['https://192.0.2.7/mcp', '192.0.2.0/24', true],
    ['https://192.0.3.7/mcp', '192.0.2.0/24', false],
    ['https://192.0.3.7/mcp', '192.0.2.0/240', false],
    ['https://192.0.3.7/mcp', '192.0.2.0/x', false],
    ['https://[2001:db8::1]/mcp', '2001:db8::1', true],
    ['https://[2001:db8::1]/mcp', '[2001:0db8:0::1]', true],
    ['https://[2001:db8::1]:8443/mcp', '[2001:db8::1]:8443', true],
    ['https://[2001:db8::1]/mcp', '[2001:db8::1]:8443', false],
    ['https://[2001:db8::1]/mcp', '2001:db8::/32', true],
    ['https://[2001:db9::1]/mcp', '2001:db8::/32', false],
    ['https://example.com/mcp', '', false],
    ['https://example.com/mcp', '.', false],
    ['https://example.com/mcp', '*.', false],
    ['https://example.com/mcp', ',, ,', false],
  ] as const)('%s with "%s": %s', ([url, noProxy, expected]) => {
    expect(exempt(url, noProxy)).toBe(expected);
  });

  test.for([...['localhost', 'a.localhost', '127.0.0.1', '127.9.9.9', '127.1', '[::1]', '0.0.0.0', '[::]']])(
    'this machine never goes through a proxy: %s',
    (host) => {
      expect(exempt(`http://${host}:8080/mcp`, '')).toBe(true);
    },
  );

  test('a domain stands for itself and all below it, and for nothing else', () => {
    fc.assert(
      fc.property(domain, label, domain, (listed, below, other) => {
        expect(exempt(`https://${listed}/`, listed)).toBe(true);
        expect(exempt(`https://${below}.${listed}/`, listed)).toBe(true);
        expect(exempt(`https://${below}${listed}/`, listed)).toBe(false);
        expect(exempt(`https://${other}/`, listed)).toBe(other === listed);
        expect(exempt(`https://${listed}/`, `*.${listed}`)).toBe(false);
        expect(exempt(`https://${below}.${listed}/`, `*.${listed}`)).toBe(true);
      }),
    );
  });

  test('an entry counts wherever it stands, in any case, with any separator', () => {
    const separator = fc.constantFrom(',', ' ', ', ', '\t', ',,', ' , ');
    fc.assert(
      fc.property(fc.array(domain), domain, fc.array(domain), separator, (before, listed, after, between) => {
        const noProxy = [...before, listed.toUpperCase(), ...after].join(between);
        expect(exempt(`https://${listed}/`, noProxy)).toBe(true);
      }),
    );
  });

  test('a port takes out that port alone', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    fc.assert(
      fc.property(domain, port, port, (listed, one, another) => {
        expect(exempt(`https://${listed}:${one}/`, `${listed}:${one}`)).toBe(true);
        expect(exempt(`https://${listed}:${another}/`, `${listed}:${one}`)).toBe(one === another);
      }),
    );
  });

  test('a range of addresses holds those that begin with the same bits', () => {
    fc.assert(
      fc.property(ipv4, ipv4, fc.integer({ min: 0, max: 32 }), (listed, asked, bits) => {
        const size = 2 ** (32 - bits);
        const isSame = Math.floor(asNumber(listed) / size) === Math.floor(asNumber(asked) / size);
        expect(exempt(`https://${asked.join('.')}/`, `${listed.join('.')}/${bits}`)).toBe(isSame);
      }),
    );
  });

  test('nothing in it throws', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom('a.example', '192.0.2.1', '[2001:db8::1]'),
        (noProxy, host) => {
          expect(typeof exempt(`https://${host}/`, noProxy)).toBe('boolean');
        },
      ),
    );
  });
});
