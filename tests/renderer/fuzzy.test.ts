import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchScore } from '#src/renderer/features/palette/fuzzy';
import { type PaletteItem, search } from '#src/renderer/features/palette/palette-items';
import { keepRecent, readRecent } from '#src/renderer/features/palette/recent';

const word = fc.stringMatching(/^[a-z0-9_]{1,12}$/);
const text = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(' '));

describe('the matcher', () => {
  test('finds a text by what is side by side in it and by beginnings of its words, in capitals too', () => {
    const lengths = fc.array(fc.nat(12), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(text, lengths, (whole, parts) => {
        const words = whole.split(' ');
        const beginnings = words.map((one, index) => one.slice(0, parts[index])).join('');
        const end = words[0]?.slice(-(parts[0] ?? 0)) ?? '';
        for (const query of [beginnings, end]) {
          expect(matchScore(query, whole)).not.toBeNull();
          expect(matchScore(query.toUpperCase(), whole)).toBe(matchScore(query, whole));
        }
      }),
    );
  });

  test.each([
    ['log', 'End session of Claude Code with long-running agent'],
    ['set', 'Disconnect client'],
    ['import', 'Issue my own report to a tester'],
  ])('finds nothing for %j in letters scattered over %j', (query, whole) => {
    expect(matchScore(query, whole)).toBeNull();
  });

  test('finds nothing by a letter that is not there', () => {
    fc.assert(
      fc.property(text, (whole) => {
        expect(matchScore(`${whole}#`, whole)).toBeNull();
      }),
    );
  });

  test('takes the words of a query in any order', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const reversed = whole.split(' ').reverse().join(' ');
        expect(matchScore(reversed, whole)).toBe(matchScore(whole, whole));
      }),
    );
  });

  test('finds no text better than the text itself', () => {
    fc.assert(
      fc.property(word, text, (own, other) => {
        expect(matchScore(own, own)).toBeGreaterThanOrEqual(matchScore(own, other) ?? Number.NEGATIVE_INFINITY);
      }),
    );
  });

  test('never fails, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (query, whole) => {
        const score = matchScore(query, whole);
        expect(score === null || Number.isFinite(score)).toBe(true);
      }),
    );
  });

  test.each([
    ['ses', 'Sessions', 'Servers, closed'],
    ['dc', 'Disconnect Cursor', 'redcurrant'],
    ['end', 'End session', 'Append a session, delayed'],
    ['cc', 'Claude Code', 'Account'],
  ])('for %j prefers %j to %j', (query, better, worse) => {
    expect(matchScore(query, better)).toBeGreaterThan(matchScore(query, worse) ?? Number.NEGATIVE_INFINITY);
  });
});

test('an id is found by its beginning alone', () => {
  const find = (query: string) => matchScore(query, 'End session of Cursor', 's_x-setDark9');
  expect(find('end s_X-s')).not.toBeNull();
  expect(find('set')).toBeNull();
  expect(find('dark')).toBeNull();
});

describe('the search', () => {
  const item = (id: string, title = id): PaletteItem => ({
    id,
    title,
    detail: '',
    kind: 'action',
    keys: null,
    words: '',
    reference: '',
    deed: { do: 'command', id: 'keys' },
  });
  const items = ['alpha', 'beta', 'gamma'].map((id) => item(id));

  test('begins with what was picked last, and keeps the order of the rest', () => {
    expect(search(items, ' ', ['gamma', 'gone']).map(({ id }) => id)).toEqual(['gamma', 'alpha', 'beta']);
    expect(search(items, '', []).map(({ id }) => id)).toEqual(['alpha', 'beta', 'gamma']);
  });

  test('prefers what was picked before among equals', () => {
    const twins = [item('1', 'copy a'), item('2', 'copy b')];
    expect(search(twins, 'copy', ['2']).map(({ id }) => id)).toEqual(['2', '1']);
  });

  test('shows at most fifty', () => {
    const many = Array.from({ length: 500 }, (_, index) => item(`item ${index}`));
    expect(search(many, 'item', [])).toHaveLength(50);
    expect(search(many, '', [])).toHaveLength(50);
  });
});

describe('what was picked', () => {
  const storageOf = (text: string | null) => {
    let kept = text;
    return {
      getItem: () => kept,
      setItem: (_: string, value: string) => {
        kept = value;
      },
    };
  };

  test('is kept once each, the last first, and not more than eight', () => {
    const storage = storageOf(null);
    for (const id of ['a', 'b', 'a', ...'cdefghij']) keepRecent(storage, id);
    expect(readRecent(storage)).toEqual(['j', 'i', 'h', 'g', 'f', 'e', 'd', 'c']);
  });

  test.each(['{', '{"a":1}', 'null', '[1,null,{}]'])('is nothing when the storage holds %s', (text) => {
    expect(readRecent(storageOf(text))).toEqual([]);
  });
});
