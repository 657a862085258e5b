import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forLog, parseTarget } from '#src/main/endpoint/target';
import { HoldfastError } from '#src/shared/errors';

describe('a request target', () => {
  test.each([
    ['/', '/', ''],
    ['/mcp', '/mcp', ''],
    ['/mcp/', '/mcp', ''],
    ['/mcp///', '/mcp', ''],
    ['//mcp', '/mcp', ''],
    ['///mcp/files/', '/mcp/files', ''],
    ['/api/mcp/sessions?limit=1', '/api/mcp/sessions', '?limit=1'],
    ['/api/mcp/sessions/?a=/b/', '/api/mcp/sessions', '?a=/b/'],
    ['/a?b?c', '/a', '?b?c'],
    ['/a?', '/a', '?'],
    ['/?x', '/', '?x'],
    ['/%20', '/%20', ''],
    ['/...', '/...', ''],
  ])('%s has the path %s and the query "%s"', (url, path, search) => {
    expect(parseTarget(url)).toEqual({ path, search });
  });

  test.each(['', '*', 'mcp', 'http://evil.com/', '?', '/%', '/%zz', '/%c3%28', '/%00', '/a%0ab', '/\u007f'])(
    '%j is refused',
    (url) => expect(() => parseTarget(url)).toThrow(HoldfastError),
  );

  test.each([
    '/..',
    '/../a',
    '/a/..',
    '/a/../b',
    '/./a',
    '/a/.',
    '/%2e%2e/a',
    '/a/%2E./b',
    '/a%2f..%2fb',
    '/a\\..\\b',
    '/a%5cb',
    '/a#b',
  ])('%j, which two readers could understand differently, is refused', (url) =>
    expect(() => parseTarget(url)).toThrow(HoldfastError),
  );

  test('is understood or refused with a sentence, whatever it is, and has one spelling afterwards', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webPath(),
          fc.string().map((text) => `/${text}`),
        ),
        (url) => {
          try {
            const { path, search } = parseTarget(url);
            expect(parseTarget(path + search)).toEqual({ path, search });
            expect(path === '/' || !path.endsWith('/')).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(HoldfastError);
          }
        },
      ),
    );
  });
});

describe('a target in the log', () => {
  test.each([
    ['/api/mcp/sessions/s_AAAAAAAAAAAAAAAAAAAAAA/events', '/api/mcp/sessions/s_AAAAAAAAAAAAAAAAAAAAAA/events'],
    ['/a?token=secret', '/a'],
    [`/a/hf_${'x'.repeat(43)}/b`, '/a/…/b'],
    [`/a/hfa_${'x'.repeat(43)}`, '/a/…'],
    ['/a/hfu_short', '/a/…'],
    [`/a/eyJ${'x'.repeat(100)}`, '/a/…'],
    [`/${'a/'.repeat(500)}`, `/${'a/'.repeat(99)}a`],
  ])('%s holds nothing that could be a key', (url, logged) => {
    expect(forLog(url)).toBe(logged);
  });

  test('may be missing', () => expect(forLog(undefined)).toBe(''));
});
