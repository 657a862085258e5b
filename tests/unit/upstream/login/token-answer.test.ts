import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tidyTokens } from '#src/main/upstream/login/token-answer';

const tidied = (answer: unknown): Record<string, unknown> => JSON.parse(tidyTokens(JSON.stringify(answer)));
const GOOD = { access_token: 'a', token_type: 'Bearer', expires_in: 3600, refresh_token: 'r', scope: 's' };

test('an answer that is right stays what it is', () => {
  expect(tidied(GOOD)).toEqual(GOOD);
  expect(tidied({ ...GOOD, more: { a: [1] } })).toEqual({ ...GOOD, more: { a: [1] } });
});

test('what is no answer with tokens is not touched', () => {
  const texts = [
    '',
    'null',
    '[]',
    '{',
    '<!doctype html>',
    '{"error":"invalid_grant","scope":null}',
    '{"access_token":1}',
  ];
  for (const text of texts) expect(tidyTokens(text)).toBe(text);
});

describe('the life of a token', () => {
  test.each([
    [3600, 3600],
    ['3600', 3600],
    [59.9, 59],
    [1e300, 315_360_000],
    [Number.MAX_SAFE_INTEGER, 315_360_000],
  ])('%s is %s', (said, life) => expect(tidied({ ...GOOD, expires_in: said }).expires_in).toBe(life));

  test.each([[0], [-5], [0.001], ['soon'], [null], [{}], [''], [[]], [{ toString: null }], [[60]], [true]])(
    '%j is not known',
    (said) => {
      expect(tidied({ ...GOOD, expires_in: said })).not.toHaveProperty('expires_in');
    },
  );
});

test.each([['refresh_token'], ['scope'], ['id_token']])('a %s that is none counts as left out', (name) => {
  for (const value of [null, '', 1, {}]) expect(tidied({ ...GOOD, [name]: value })).not.toHaveProperty(name);
});

test('scopes may come as a list, and a token without a type is a bearer', () => {
  expect(tidied({ ...GOOD, scope: ['a', 'b'] }).scope).toBe('a b');
  for (const token_type of [undefined, null, '']) expect(tidied({ ...GOOD, token_type }).token_type).toBe('Bearer');
  expect(tidied({ ...GOOD, token_type: 'DPoP' }).token_type).toBe('DPoP');
});

test('a token that no header can hold is none', () => {
  for (const access_token of ['', 'a b', 'a\r\nX: 1', 'tök€n']) {
    expect(tidied({ ...GOOD, access_token })).not.toHaveProperty('access_token');
  }
});

test('whatever comes, no life is shorter than a second or longer than ten years, and tokens are never changed', () => {
  const answer = fc.record(
    {
      access_token: fc.stringMatching(/^[\x21-\x7e]{1,40}$/),
      token_type: fc.anything(),
      expires_in: fc.anything(),
      refresh_token: fc.anything(),
      scope: fc.anything(),
      id_token: fc.anything(),
    },
    { requiredKeys: ['access_token'] },
  );
  fc.assert(
    fc.property(answer, (one) => {
      const sent = JSON.parse(JSON.stringify(one)) as Record<string, unknown>;
      const { access_token, expires_in, refresh_token, token_type } = tidied(one);
      expect(access_token).toBe(sent.access_token);
      expect(typeof token_type).toBe('string');
      if (expires_in !== undefined) expect(expires_in).toSatisfy((life) => Number.isInteger(life) && life >= 1);
      if (refresh_token !== undefined) expect(refresh_token).toBe(sent.refresh_token);
    }),
  );
});
