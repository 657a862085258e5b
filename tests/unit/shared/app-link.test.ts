import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOfArguments, hashOfLink, LINK_VIEWS, UNKNOWN_LINK } from '#src/shared/model/app-link';

const SESSION = 's_AAAAAAAAAAAAAAAAAAAA-_';
const KNOWN = new RegExp(
  `^#/(?:${LINK_VIEWS.join('|')})$|^#/sessions/s_[A-Za-z0-9_-]{22}$|^#/servers/[A-Za-z][A-Za-z0-9-]{0,39}$`,
);

describe('a link', () => {
  test.each([
    ['holdfast://', '#/overview'],
    ['holdfast:///', '#/overview'],
    ['holdfast://sessions', '#/sessions'],
    ['HOLDFAST://Servers/', '#/servers'],
    [`holdfast://sessions/${SESSION}`, `#/sessions/${SESSION}`],
    ['holdfast://servers/git-hub/', '#/servers/git-hub'],
  ])('%s opens %s', (link, hash) => expect(hashOfLink(link)).toBe(hash));

  test.each([
    'holdfast:',
    'holdfast:sessions',
    'holdfast://settings-of-old',
    'holdfast:///sessions',
    'holdfast://sessions/nobody',
    'holdfast://history/x',
    `holdfast://servers/${'a'.repeat(41)}`,
    'holdfast://servers/9lives',
    'holdfast://servers/a?confirm=1',
    'holdfast://servers/a#b',
    'holdfast://servers/a/trust',
    'holdfast://servers/%61',
    'holdfast://servers/..',
    'holdfast://me@servers',
    'holdfast://servers:1',
    'holdfast://servers\n',
    'holdfast://ѕessions',
    ` holdfast://sessions`,
    'https://sessions',
    `holdfast://${'sessions/'.repeat(40)}`,
  ])('%j leads nowhere', (link) => expect(hashOfLink(link)).toBe(UNKNOWN_LINK));

  test('never leads to anything but a known place', () => {
    const parts = fc.constantFrom(
      'holdfast',
      ':',
      '//',
      '/',
      'sessions',
      'servers',
      SESSION,
      '?',
      '#',
      '%2f',
      '..',
      '@',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(parts).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (rest, isPrefixed) => {
        const hash = hashOfLink(isPrefixed ? `holdfast://${rest}` : rest);
        expect(hash === UNKNOWN_LINK || KNOWN.test(hash)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

test('the first link among the arguments counts, and nothing else in them', () => {
  expect(hashOfArguments(['/usr/bin/holdfast', '--hidden', 'holdfast://servers', 'holdfast://history'])).toBe(
    '#/servers',
  );
  expect(hashOfArguments(['electron', '/repo', 'sessions', '--holdfast://servers'])).toBeUndefined();
  expect(hashOfArguments(['x', 'holdfast:y'])).toBe(UNKNOWN_LINK);
});
