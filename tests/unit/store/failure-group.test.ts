import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errorPattern, failureGroup } from '#src/main/store/activity/failure-group.js';

describe('errorPattern', () => {
  test.each([
    ['Timed out after 30000 ms', 'Timed out after # ms'],
    ['No such ticket: 4711', 'No such ticket: #'],
    [
      'ENOENT: no such file or directory, open /home/me/a b.txt',
      'ENOENT: no such file or directory, open <path> b.txt',
    ],
    ["open '/var/lib/x/y.json'", "open '<path>'"],
    ['C:\\Users\\me\\notes.md is locked', '<path> is locked'],
    ['GET https://api.example/v2/tickets?id=7 answered 503', 'GET https://api.example/<path> answered #'],
    ['request 0f8fad5b-d9cb-469f-a165-70867728950e failed', 'request <id> failed'],
    ['commit deadbeef01 is unknown', 'commit <id> is unknown'],
    ['session s_AAAAAAAAAAAAAAAAAAAAAA is gone', 'session <id> is gone'],
    ['until 2026-11-22T12:00:03.120Z', 'until <time>'],
    ['a/b and HTTP2', 'a/b and HTTP2'],
    ['  two\n  lines ', 'two lines'],
  ])('%s', (error, pattern) => {
    expect(errorPattern(error)).toBe(pattern);
  });

  test('does not depend on numbers, and is its own pattern', () => {
    const words = fc.constantFrom('no such ticket:', 'took', 'open', '(', 'at line', 'of');
    const parts = fc.array(fc.tuple(words, fc.nat(), fc.nat()), { maxLength: 8 });
    fc.assert(
      fc.property(parts, (some) => {
        const first = errorPattern(some.map(([word, n]) => `${word} ${n}`).join(' '));
        const second = errorPattern(some.map(([word, , n]) => `${word} ${n}`).join(' '));
        expect(second).toBe(first);
        expect(errorPattern(first)).toBe(first);
      }),
    );
  });

  test('of any text is short, and comes quickly', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (text) => {
        expect(errorPattern(text).length).toBeLessThanOrEqual(200);
      }),
    );
    const started = performance.now();
    for (const sign of ['a', '1', '/a', 'a-', '0x', ' ', 'a_', '://']) errorPattern(sign.repeat(500));
    expect(performance.now() - started).toBeLessThan(200);
  });
});

test('failures are the same only if all that tells them apart is the same', () => {
  const same = failureGroup('tickets', 'tools/call', 'search', 'error', -32_001, 'Timed out after 30 s');
  expect(same).toMatch(/^[0-9a-f]{12}$/);
  expect(failureGroup('tickets', 'tools/call', 'search', 'error', -32_001, 'Timed out after 7 s')).toBe(same);
  const others = [
    failureGroup('files', 'tools/call', 'search', 'error', -32_001, 'Timed out after 30 s'),
    failureGroup(null, 'tools/call', 'search', 'error', -32_001, 'Timed out after 30 s'),
    failureGroup('tickets', 'prompts/get', 'search', 'error', -32_001, 'Timed out after 30 s'),
    failureGroup('tickets', 'tools/call', null, 'error', -32_001, 'Timed out after 30 s'),
    failureGroup('tickets', 'tools/call', 'search', 'tool_error', -32_001, 'Timed out after 30 s'),
    failureGroup('tickets', 'tools/call', 'search', 'error', null, 'Timed out after 30 s'),
    failureGroup('tickets', 'tools/call', 'search', 'error', -32_001, null),
  ];
  expect(new Set([same, ...others]).size).toBe(8);
});
