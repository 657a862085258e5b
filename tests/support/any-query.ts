import fc from 'fast-check';

const INHERITED = Object.getOwnPropertyNames(Object.prototype);
const FACETS = [
  'server',
  'error',
  'outcome',
  'direction',
  'slower',
  'faster',
  'is',
  'status',
  'client',
  'calls',
  'age',
];
const word = fc.oneof(
  fc.constantFrom(...INHERITED, ...FACETS, '', 'ok', 'a,b', '"a, b"', '"', '5', '>5'),
  fc.constantFrom(...INHERITED).map((name) => `5${name}`),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

/** What somebody may type as a filter: anything, and more often what looks like one, with names that every object inherits. */
export const anyQuery: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc
    .array(
      fc
        .tuple(fc.constantFrom('', '-'), fc.option(fc.constantFrom(...INHERITED, ...FACETS), { nil: null }), word)
        .map(([minus, facet, value]) => `${minus}${facet === null ? '' : `${facet}:`}${value}`),
      { maxLength: 5 },
    )
    .map((words) => words.join(' ')),
);
