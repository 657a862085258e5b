import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inEnglish } from '#src/shared/messages/language';
import { ACTIVITY_FACETS, parseActivityQuery } from '#src/shared/model/activity-query';

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
    ['ENOENT: no', [{ on: 'text', values: ['no'] }]],
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
  ])('explains %j and leaves it out', (text, problem) => {
    const { terms, problems } = parseActivityQuery(`${text} word`);
    expect(problems.map(({ id, values }) => inEnglish(id, values))).toEqual([expect.stringMatching(problem)]);
    expect(terms).toMatchObject([{ on: 'text', values: ['word'] }]);
  });

  test('finds no fault with what is still being typed, and takes any text', () => {
    for (const facet of ACTIVITY_FACETS) expect(parseActivityQuery(`-${facet}:`)).toEqual({ terms: [], problems: [] });
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        for (const { id, values } of parseActivityQuery(text).problems) expect(inEnglish(id, values)).toMatch(/\w/);
      }),
    );
  });
});
