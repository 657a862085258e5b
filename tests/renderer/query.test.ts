import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FACETS, parseQuery, toggleStatus, withoutStatuses } from '#src/renderer/features/sessions/query';
import type { Session } from '#src/shared/contract/session';
import { MINUTE } from '#src/shared/model/units';
import { anyQuery } from '#tests/support/any-query';
import { makeSession, T0 } from './support/make';

const NOW = T0 + 30 * MINUTE;
const SESSIONS: readonly Session[] = [
  makeSession({
    session_id: 's_claude',
    client_type: 'claude-code',
    client_name: 'claude-code',
    status: 'active',
    last_activity: NOW - MINUTE,
    calls: 40,
    errors: 2,
    recent_latencies: [3, 120],
  }),
  makeSession({
    session_id: 's_cursor',
    status: 'idle',
    reconnect_count: 5,
    last_reconnect_cause: 'token',
    degraded: true,
  }),
  makeSession({
    session_id: 's_vscode',
    client_type: 'vscode',
    client_name: 'Visual Studio Code',
    status: 'disconnected',
    reconnect_count: 3,
    recent_reconnects: [1, 2, 3, 4, 5].map((minute) => NOW - minute * MINUTE).reverse(),
  }),
  makeSession({
    session_id: 's_codex',
    client_type: 'codex',
    client_name: 'codex-mcp-client',
    client_version: '0.165.0',
    status: 'closed',
    era: 'stateless',
  }),
];

const found = (text: string): string[] => {
  const query = parseQuery(text);
  return SESSIONS.filter((session) => query.matches(session, NOW)).map(({ session_id }) => session_id.slice(2));
};

describe('parseQuery', () => {
  test.each<[string, string[]]>([
    ['', ['claude', 'cursor', 'vscode', 'codex']],
    ['   ', ['claude', 'cursor', 'vscode', 'codex']],
    ['CURSOR', ['cursor']],
    ['code', ['claude', 'cursor', 'vscode', 'codex']],
    ['"studio code"', ['vscode']],
    ['studio codex', []],
    ['0.165', ['codex']],
    ['-cursor', ['claude', 'vscode', 'codex']],
    ['status:idle', ['cursor']],
    ['status:idle,closed', ['cursor', 'codex']],
    ['status:idle status:closed', ['cursor', 'codex']],
    ['-status:closed,idle', ['claude', 'vscode']],
    ['client:cursor client:codex', ['cursor', 'codex']],
    ['client:"Claude Code"', ['claude']],
    ['type:vs', ['vscode']],
    ['era:stateless', ['codex']],
    ['id:s_cu', ['cursor']],
    ['cause:token', ['cursor']],
    ['reconnects:>3', ['cursor']],
    ['reconnects:>=3', ['cursor', 'vscode']],
    ['reconnects:3', ['vscode']],
    ['reconnects:>=3 reconnects:<5', ['vscode']],
    ['calls:>10 errors:>0', ['claude']],
    ['latency:>100', ['claude']],
    ['latency:<1000', ['claude']],
    ['seen:<5m', ['claude']],
    ['seen:>5m', ['cursor', 'vscode', 'codex']],
    ['age:<1h', ['claude', 'cursor', 'vscode', 'codex']],
    ['age:>1h', []],
    ['is:degraded', ['cursor']],
    ['degraded', ['cursor']],
    ['flapping', ['vscode']],
    ['is:live', ['claude', 'cursor']],
    ['-is:live', ['vscode', 'codex']],
    ['ended', ['codex']],
    ['status:idle client:cursor reconnects:>3 degraded', ['cursor']],
    ['status:idle nothing', []],
    ['constructor', []],
    ['client:"claude, code",cursor', ['cursor']],
    ['status:"idle",closed', ['cursor', 'codex']],
  ])('finds by %j', (text, expected) => {
    expect(found(text)).toEqual(expected);
    expect(parseQuery(text).problems).toEqual([]);
  });

  test.each<[string, RegExp]>([
    ['status:sleeping', /no status “sleeping”.*Active|no status “sleeping”.*active/],
    ['reconnects:many', /takes a number, as in reconnects:>3/],
    ['reconnects:>3m', /takes a number/],
    ['seen:5', /takes a length of time/],
    ['seen:<5y', /takes a length of time/],
    ['is:happy', /is:flapping/],
    ['colour:red', /no “colour:”.*status/],
    ['client:,', /Say what/],
    ['constructor:x', /no “constructor:”.*status/],
    ['is:constructor', /is:flapping/],
    ['status:constructor', /no status “constructor”/],
    ['seen:5constructor', /takes a length of time/],
    ['status:idle:', /no status “idle:”/],
  ])('explains %j and leaves it out', (text, problem) => {
    const { problems } = parseQuery(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
    expect(found(`${text} cursor`)).toEqual(['cursor']);
  });

  test.each(['status:', 'client:', 'seen:', '-', '"', 'cursor status:'])(
    'finds no fault with %j while it is typed',
    (text) => {
      expect(parseQuery(text).problems).toEqual([]);
      expect(found(text)).not.toEqual([]);
    },
  );

  test('takes any text', () => {
    fc.assert(
      fc.property(anyQuery, (text) => {
        expect(found(text).length).toBeLessThanOrEqual(SESSIONS.length);
        for (const sentence of parseQuery(text).problems) expect(sentence).toMatch(/\w/);
      }),
      { numRuns: 1_000 },
    );
  });

  test('knows when time alone changes the answer', () => {
    expect(parseQuery('seen:<5m').usesClock).toBe(true);
    expect(parseQuery('flapping').usesClock).toBe(true);
    expect(parseQuery('-is:flapping').usesClock).toBe(true);
    expect(parseQuery('cursor status:idle').usesClock).toBe(false);
  });

  test('names only facets that exist', () => {
    for (const facet of FACETS) expect(parseQuery(`${facet}:`).problems).toEqual([]);
    for (const facet of FACETS) expect(parseQuery(`${facet}:?`).problems.join()).not.toMatch(/There is no “\w+:”/);
  });
});

describe('toggleStatus', () => {
  test.each([
    ['', 'idle', 'status:idle'],
    ['status:idle', 'idle', ''],
    ['cursor', 'active', 'status:active cursor'],
    ['status:active cursor', 'idle', 'status:active,idle cursor'],
    ['cursor status:active,idle "two words"', 'active', 'status:idle cursor "two words"'],
    ['-status:closed', 'idle', 'status:idle -status:closed'],
  ] as const)('turns %j by %s into %j', (text, status, expected) => {
    expect(toggleStatus(text, status)).toBe(expected);
  });

  test('is undone by itself', () => {
    expect(toggleStatus(toggleStatus('cursor reconnects:>3', 'idle'), 'idle')).toBe('cursor reconnects:>3');
  });
});

describe('withoutStatuses', () => {
  test('leaves what is not asked for by status', () => {
    expect(withoutStatuses('status:idle cursor -status:closed client:"a b"')).toBe(
      'cursor -status:closed client:"a b"',
    );
  });
});
