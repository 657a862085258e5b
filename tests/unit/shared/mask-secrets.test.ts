import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutHome } from '#src/shared/model/home-path';
import { maskSecrets } from '#src/shared/model/mask-secrets';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-'];
const random = (length: number) =>
  fc.string({ unit: fc.constantFrom(...LETTERS), minLength: length, maxLength: length }).map((text) => `A${text}1z`);

/** Every shape in which a secret is written somewhere, with the secret beside it. */
const written = fc.oneof(
  random(40).map((secret) => [`hf_${secret}`, secret]),
  random(40).map((secret) => [`hfa_${secret}`, secret]),
  fc.stringMatching(/^[a-z]{24}$/).map((secret) => [`hfm_${secret}`, secret]),
  random(30).map((secret) => [`Authorization: Bearer ${secret}`, secret]),
  random(30).map((secret) => [`eyJ${secret}.eyJ${secret}.${secret}`, secret]),
  random(20).map((secret) => [`https://api.example/x?a=1&access_token=${secret}&b=2`, secret]),
  random(20).map((secret) => [`postgres://user:${secret}@db.example/x`, secret]),
  random(20).map((secret) => [`{"client_secret":"${secret}"}`, secret]),
  random(20).map((secret) => [`API_KEY=${secret}`, secret]),
  random(30).map((secret) => [`ghp_${secret}`, secret]),
  random(60).map((secret) => [`-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----`, secret]),
) as fc.Arbitrary<[string, string]>;
const prose = fc.constantFrom('', 'the server failed: ', 'call (', '"', ' = ');

describe('a text that leaves the machine', () => {
  test('has no secret left in any of its shapes', () => {
    fc.assert(
      fc.property(prose, written, prose, (before, [text, secret], after) => {
        expect(maskSecrets(`${before}${text} ${after}`)).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    'postgres://u:hun@ter22xyz@host/db',
    'password => ter22xyz',
    String.raw`password='it\'s ter22xyz'`,
    String.raw`{"password": "hun\"ter22xyz"}`,
  ])('has no secret left beside a quote, a backslash or an @: %s', (text) => {
    expect(maskSecrets(text)).not.toContain('ter22');
  });

  test('has no known secret left, whatever it looks like', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), (secret, around) => {
        fc.pre(!'•••'.includes(secret) && !around.includes(secret) && !/•/.test(secret));
        expect(maskSecrets(`${around} ${secret} ${around}`, [secret])).not.toContain(secret);
      }),
    );
  });

  test('has no random value left at the end of a sentence', () => {
    const value = 'aB3dE5gH7jK9mN1pQ3sT5vW7';
    expect(maskSecrets(`refused ${value}. Try ${value}.`)).toBe('refused •••. Try •••.');
    expect(maskSecrets(`see ${value}.js`)).toContain(value);
  });

  test.each([
    'listening · url=http://127.0.0.1:8181 · folder=/home/dev/.config/Holdfast',
    'session s_k4Glxu04SAeAoquQP2kLjw is active',
    'Keeper: process 4712 since 2026-01-01T00:00:00.000Z, with 3 processes',
    'the token is 15 minutes old',
  ])('keeps what is no secret: %s', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });
});

describe('the home folder', () => {
  test.each([
    ['/home/dev/x and /home/dev', '/home/dev', '~/x and ~'],
    ['/home/developer/x', '/home/dev', '/home/developer/x'],
    ['"/home/dev"', '/home/dev/', '"~"'],
    ['C:\\Users\\Ann\\x', 'C:\\Users\\Ann', '~\\x'],
    ['{"f":"C:\\\\Users\\\\Ann\\\\x"}', 'C:\\Users\\Ann', '{"f":"~\\\\x"}'],
    ['/x', '/', '/x'],
    ['cannot read /home/dev.', '/home/dev', 'cannot read ~.'],
    ['in /home/dev... and /home/dev.\nNext', '/home/dev', 'in ~... and ~.\nNext'],
    ['/home/dev.old/x, /home/dev-2 and /home/dev..x', '/home/dev', '/home/dev.old/x, /home/dev-2 and /home/dev..x'],
  ])('%s', (text, home, expected) => {
    expect(withoutHome(text, home)).toBe(expected);
  });
});
