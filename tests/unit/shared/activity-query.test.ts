import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inEnglish } from '#src/shared/messages/language';
import { ACTIVITY_FACETS, parseActivityQuery } from '#src/shared/model/activity-query';
import { anyQuery } from '#tests/support/any-query';

const no = { negated: false };

describe('parseActivityQuery', () => {
  test.each<[string, object[]]>([
    ['', []],
    ['timeout', [{ on: 'text', values: ['timeout'], ...no }]],
    [
      '"Timed out" x',
      [
        { on: 'text', values: ['timed out'] },
        { on: 'text', values: ['x'] },
      ],
    ],
    ['server:a,B', [{ on: 'server', values: ['a', 'b'], ...no }]],
    ['server:a server:b', [{ on: 'server', values: ['a', 'b'] }]],
    [
      'server:a -server:b',
      [
        { on: 'server', values: ['a'], ...no },
        { on: 'server', values: ['b'], negated: true },
      ],
    ],
    ['tool:search name:read', [{ on: 'name', values: ['search', 'read'] }]],
    ['outcome:lost outcome:ok', [{ on: 'outcome', values: ['lost', 'ok'] }]],
    ['direction:to_client', [{ on: 'direction', values: ['to_client'] }]],
    [
      'slower:500ms faster:2s',
      [
        { on: 'slower', than: 500 },
        { on: 'faster', than: 2_000 },
      ],
    ],
    ['slower:1.5m', [{ on: 'slower', than: 90_000 }]],
    ['slower:20', [{ on: 'slower', than: 20 }]],
    ['-is:failed', [{ on: 'is', flag: 'failed', negated: true }]],
    ['error:"a, b"', [{ on: 'error', values: ['a, b'], ...no }]],
    ['error:"a, b","C d",e', [{ on: 'error', values: ['a, b', 'c d', 'e'] }]],
    ['error:a,"b, c d', [{ on: 'error', values: ['a', 'b, c d'] }]],
    ['outcome:"lost",ok', [{ on: 'outcome', values: ['ok', 'lost'] }]],
    ['server:a, b', [{ on: 'server' }, { on: 'text', values: ['b'] }]],
    ['"ENOENT: no"', [{ on: 'text', values: ['enoent: no'] }]],
  ])('%s', (text, terms) => {
    const { terms: found, problems } = parseActivityQuery(text);
    expect(found).toMatchObject(terms);
    expect(found).toHaveLength(terms.length);
    expect(problems).toEqual([]);
  });

  test.each<[string, RegExp]>([
    ['outcome:fine', /“outcome:fine”.*outcome:tool_error/],
    ['outcome:ok,fine', /“outcome:fine”/],
    ['is:slow', /is:held/],
    ['direction:up', /direction:to_client/],
    ['slower:soon', /slower:500ms/],
    ['slower:>5s', /slower:500ms/],
    ['faster:5y', /faster:2s/],
    ['server:,', /server:tickets/],
    ['colour:red', /no “colour:”.*server/],
    ['outcome:nonsense:', /“outcome:nonsense:”/],
    ['tol:search:', /no “tol:”.*server/],
    ['constructor:x', /no “constructor:”.*server/],
    ['slower:5constructor', /slower:500ms/],
    ['is:constructor', /is:held/],
    ['ENOENT:', /no “enoent:”/],
    ['server:""', /server:tickets/],
  ])('explains %j and leaves it out', (text, problem) => {
    const { terms, problems } = parseActivityQuery(`${text} word`);
    expect(problems.map(({ id, values }) => inEnglish(id, values))).toEqual([expect.stringMatching(problem)]);
    expect(terms).toMatchObject([{ on: 'text', values: ['word'] }]);
  });

  test('a facet without a value is a fault, but none while it is being typed', () => {
    for (const facet of ACTIVITY_FACETS) {
      expect(parseActivityQuery(`-${facet}:`, true)).toEqual({ terms: [], problems: [] });
      expect(parseActivityQuery(`word ${facet.toUpperCase()}:"`, true).problems).toEqual([]);
      expect(parseActivityQuery(`-${facet}:`)).toMatchObject({ terms: [], problems: [{}] });
    }
    expect(parseActivityQuery('tol:search:', true).problems).toHaveLength(1);
  });

  test('takes any text', () => {
    fc.assert(
      fc.property(anyQuery, (text) => {
        const { terms, problems } = parseActivityQuery(text);
        for (const { id, values } of problems) expect(inEnglish(id, values)).toMatch(/\w/);
        for (const term of terms) if ('than' in term) expect(term.than).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a value in quotes is one value, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string({ minLength: 1 }).filter((one) => !one.includes('"')),
          { minLength: 1 },
        ),
        (all) => {
          const { terms, problems } = parseActivityQuery(`error:${all.map((one) => `"${one}"`).join(',')}`);
          expect(problems).toEqual([]);
          expect(terms).toEqual([{ on: 'error', values: all.map((one) => one.toLowerCase()), negated: false }]);
        },
      ),
    );
  });
});
