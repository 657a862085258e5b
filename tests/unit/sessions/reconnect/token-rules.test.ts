import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { afterIssue, afterReuse, afterRotation, judgeToken } from '#src/main/sessions/reconnect/token-rules';
import { NO_TOKEN, type TokenClaims, type TokenState } from '#src/main/sessions/session-ports';

const GRACE = 10_000;
const hash = (name: string) => name.padEnd(64, '0');
const claims = (name: string): TokenClaims => ({ hash: hash(name), jti: name, iat: 0, exp: 900 });
const judge = (state: TokenState, generation: number, name: string, now = 0) =>
  judgeToken(state, { generation, hash: hash(name) }, now, GRACE);

const issued = afterIssue(NO_TOKEN, claims('a'));
const rotated = afterRotation(issued, claims('b'), 1_000);

describe('a token is worth', () => {
  test('a rotation while it is the newest', () => {
    expect(judge(issued, 1, 'a')).toBe('rotate');
    expect(judge(rotated, 2, 'b')).toBe('rotate');
  });

  test('its successor again within the grace time, counted from the rotation', () => {
    expect(judge(rotated, 1, 'a', 1_000)).toBe('replay');
    expect(judge(rotated, 1, 'a', 1_000 + GRACE)).toBe('replay');
    expect(judge(rotated, 1, 'a', 1_001 + GRACE)).toBe('reuse');
  });

  test('nothing more once its successor was used', () => {
    const twice = afterRotation(rotated, claims('c'), 2_000);
    expect(judge(twice, 1, 'a', 2_000)).toBe('reuse');
    expect(judge(twice, 2, 'b', 2_000)).toBe('replay');
  });

  test('nothing when it was superseded unused, and says so without harm', () => {
    const newer = afterIssue(issued, claims('b'));
    expect(judge(newer, 1, 'a')).toBe('mismatch');
    expect(judge(newer, 2, 'b')).toBe('rotate');
    const later = afterRotation(newer, claims('c'), 1_000);
    expect(judge(later, 1, 'a', 1_000), 'after its successor was used').toBe('mismatch');
    expect(judge(later, 2, 'b', 1_001 + GRACE), 'unlike that successor').toBe('reuse');
    const many = Array.from({ length: 70 }, (_, at) => `t${at}`).reduce(
      (state, name) => afterIssue(state, claims(name)),
      NO_TOKEN,
    );
    const used = afterRotation(many, claims('last'), 0);
    expect(
      [6, 5].map((generation) => judge(used, generation, 'any')),
      'of too many the newest',
    ).toEqual(['mismatch', 'reuse']);
  });

  test('nothing when its hash is not the one that was stored', () => {
    expect(judge(issued, 1, 'x')).toBe('mismatch');
    expect(judge(rotated, 1, 'x', 1_000)).toBe('reuse');
  });

  test('nothing before any was issued, or with a number that never existed', () => {
    expect(judge(NO_TOKEN, 1, 'a')).toBe('mismatch');
    expect(judge(NO_TOKEN, 0, 'a')).toBe('revoked');
    expect(judge(issued, 2, 'a')).toBe('mismatch');
  });

  test('nothing after reuse, like all before it; a new one is', () => {
    const revoked = afterReuse(rotated);
    expect(judge(revoked, 1, 'a', 1_000)).toBe('revoked');
    expect(judge(revoked, 2, 'b', 1_000)).toBe('revoked');
    const fresh = afterIssue(revoked, claims('c'));
    expect(judge(fresh, 3, 'c')).toBe('rotate');
    expect(judge(fresh, 2, 'b')).toBe('revoked');
  });
});

describe('whatever is issued, used and shown again in whatever order', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('issue' as const), wait: fc.nat(15_000) }),
    fc.record({ do: fc.constant('show' as const), wait: fc.nat(15_000), pick: fc.nat(100) }),
  );

  test('at most one token is good for a rotation, and no token rotates twice', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state = NO_TOKEN;
        let now = 0;
        const known: { generation: number; name: string }[] = [];
        const used = new Set<string>();
        const add = () => {
          const token = { generation: state.generation + 1, name: `t${known.length}` };
          known.push(token);
          return claims(token.name);
        };
        for (const one of steps) {
          now += one.wait;
          if (one.do === 'issue') state = afterIssue(state, add());
          else {
            const shown = known[one.pick % Math.max(known.length, 1)];
            if (!shown) continue;
            const verdict = judge(state, shown.generation, shown.name, now);
            if (verdict === 'rotate') {
              expect(used.has(shown.name)).toBe(false);
              used.add(shown.name);
              state = afterRotation(state, add(), now);
            }
            if (verdict === 'replay') {
              expect(used.has(shown.name)).toBe(true);
              expect(state.current?.jti).toBe(known.at(-1)?.name);
            }
            if (verdict === 'reuse') {
              expect(used.has(shown.name)).toBe(true);
              state = afterReuse(state);
            }
            if (verdict === 'mismatch') expect(used.has(shown.name)).toBe(false);
          }
          const good = known.filter(({ generation, name }) => judge(state, generation, name, now) === 'rotate');
          expect(good.length).toBeLessThanOrEqual(1);
          expect(state.generation).toBe(known.length);
          for (const name of good) expect(used.has(name.name)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
