import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { hashToken, ReconnectTokens } from '#src/main/sessions/reconnect/reconnect-tokens';
import { DEFAULT_POLICY } from '#src/shared/model/policy';
import { DAY, MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { seededRandom } from '#tests/support/seeded-random';
import { genuineClaims, genuineHeader, sign } from '../forge';

const SESSION = 's_AAAAAAAAAAAAAAAAAAAAAA';
const secret = seededRandom('secret').bytes(32);
let clock: FakeClock;
let tokens: ReconnectTokens;

const create = (key: Uint8Array) =>
  ReconnectTokens.create(key, { clock, random: seededRandom(7), policy: DEFAULT_POLICY });
const seconds = () => Math.floor(clock.now() / SECOND);

beforeEach(async () => {
  clock = new FakeClock();
  tokens = await create(secret);
});

describe('a minted token', () => {
  test('verifies, and names its session and generation', async () => {
    const { token, claims } = await tokens.mint(SESSION, 3);
    expect(await tokens.verify(token)).toEqual({
      session_id: SESSION,
      invites: null,
      generation: 3,
      hash: hashToken(token),
      expired: false,
    });
    expect(claims).toMatchObject({ hash: hashToken(token), iat: seconds(), exp: seconds() + 15 * 60 });
  });

  test('says exactly what the contract lists, and nothing of its client', async () => {
    const { token, claims } = await tokens.mint(SESSION, 1);
    const [header, payload] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(header ?? '')).toEqual(genuineHeader(secret));
    expect(JSON.parse(payload ?? '')).toEqual({ ...genuineClaims(SESSION, seconds()), jti: claims.jti });
    expect(Buffer.from(claims.jti, 'base64url')).toHaveLength(16);
  });

  test('is no invitation, which names the client that it is for and lives as long as it is told', async () => {
    const { token, claims } = await tokens.mintInvitation(SESSION, 'c_2', 5 * MINUTE);
    expect(await tokens.verify(token)).toEqual({
      session_id: SESSION,
      invites: 'c_2',
      generation: 0,
      hash: claims.hash,
      expired: false,
    });
    clock.advance(5 * MINUTE);
    expect(await tokens.verify(token)).toBe('token_expired');
  });

  test('is unique: the same session, generation and second give another token', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => tokens.mint(SESSION, 1)));
    expect(new Set(all.map(({ token }) => token)).size).toBe(100);
  });

  test('can be signed again byte for byte from its claims alone', async () => {
    const { token, claims } = await tokens.mint(SESSION, 9);
    clock.advance(MINUTE);
    expect(await tokens.sign(SESSION, 9, claims)).toBe(token);
    expect(await (await create(secret)).sign(SESSION, 9, claims)).toBe(token);
  });

  test('outlives a restart with the same secret and dies with another', async () => {
    const { token } = await tokens.mint(SESSION, 1);
    expect(await (await create(Uint8Array.from(secret))).verify(token)).toMatchObject({ session_id: SESSION });
    expect(await (await create(seededRandom('another').bytes(32))).verify(token)).toBe('invalid_token');
  });

  test('ends with its time, to the second', async () => {
    const { token } = await tokens.mint(SESSION, 1);
    clock.advance(15 * MINUTE - 1);
    expect(await tokens.verify(token)).toMatchObject({ expired: false });
    clock.advance(1);
    expect(await tokens.verify(token)).toBe('token_expired');
    clock.advance(365 * DAY);
    expect(await tokens.verify(token)).toBe('token_expired');
  });

  test('within the tolerance is told from a current one', async () => {
    const { token } = await tokens.mint(SESSION, 1);
    clock.advance(15 * MINUTE);
    expect(await tokens.verify(token, 10 * SECOND)).toMatchObject({ expired: true });
    clock.advance(10 * SECOND);
    expect(await tokens.verify(token, 10 * SECOND)).toBe('token_expired');
  });
});

describe('a forged token', () => {
  const header = genuineHeader(secret);

  test('is recognized by the forge: what is genuine in everything is accepted', async () => {
    expect(await tokens.verify(sign(header, genuineClaims(SESSION, seconds()), secret))).toMatchObject({
      session_id: SESSION,
      generation: 1,
    });
  });

  const cases: [string, () => string, string][] = [
    ['alg none', () => sign({ ...header, alg: 'none' }, claims(), secret, null), 'invalid_token'],
    ['alg none with a signature', () => sign({ ...header, alg: 'none' }, claims(), secret), 'invalid_token'],
    ['alg None in capitals', () => sign({ ...header, alg: 'NONE' }, claims(), secret, null), 'invalid_token'],
    ['alg HS384', () => sign({ ...header, alg: 'HS384' }, claims(), secret, 'sha384'), 'invalid_token'],
    ['alg HS384 by name only', () => sign({ ...header, alg: 'HS384' }, claims(), secret), 'invalid_token'],
    ['no alg', () => sign({ typ: header.typ, kid: header.kid }, claims(), secret), 'invalid_token'],
    ['no typ', () => sign({ alg: 'HS256', kid: header.kid }, claims(), secret), 'invalid_token'],
    ['typ JWT', () => sign({ ...header, typ: 'JWT' }, claims(), secret), 'invalid_token'],
    ['typ of another kind', () => sign({ ...header, typ: 'mcp-monitor+jwt' }, claims(), secret), 'invalid_token'],
    ['a critical extension', () => sign({ ...header, crit: ['x'], x: 1 }, claims(), secret), 'invalid_token'],
    ['another secret', () => sign(header, claims(), seededRandom('theirs').bytes(32)), 'invalid_token'],
    ['an empty secret', () => sign(header, claims(), new Uint8Array()), 'invalid_token'],
    ['another aud', () => sign(header, claims({ aud: 'holdfast:monitor' }), secret), 'invalid_token'],
    ['no aud', () => sign(header, claims({ aud: undefined }), secret), 'invalid_token'],
    ['another iss', () => sign(header, claims({ iss: 'somebody' }), secret), 'invalid_token'],
    ['no iss', () => sign(header, claims({ iss: undefined }), secret), 'invalid_token'],
    ['another purpose', () => sign(header, claims({ purpose: 'login' }), secret), 'invalid_token_purpose'],
    ['no purpose', () => sign(header, claims({ purpose: undefined }), secret), 'invalid_token_purpose'],
    [
      'a purpose in a list',
      () => sign(header, claims({ purpose: ['session_reconnect'] }), secret),
      'invalid_token_purpose',
    ],
    ['no exp', () => sign(header, claims({ exp: undefined }), secret), 'invalid_token'],
    ['an exp that is text', () => sign(header, claims({ exp: '9999999999' }), secret), 'invalid_token'],
    ['no iat', () => sign(header, claims({ iat: undefined }), secret), 'invalid_token'],
    ['no jti', () => sign(header, claims({ jti: undefined }), secret), 'invalid_token'],
    ['nbf in the future', () => sign(header, claims({ nbf: seconds() + 600 }), secret), 'invalid_token'],
    ['no session', () => sign(header, claims({ session_id: undefined }), secret), 'invalid_token'],
    ['a session that is a number', () => sign(header, claims({ session_id: 7 }), secret), 'invalid_token'],
    ['an invitation for nobody', () => sign(header, claims({ purpose: 'session_handover' }), secret), 'invalid_token'],
    ['no generation', () => sign(header, claims({ gen: undefined }), secret), 'invalid_token'],
    ['a generation that is text', () => sign(header, claims({ gen: '1' }), secret), 'invalid_token'],
    ['an exp in the past', () => sign(header, claims({ exp: seconds() }), secret), 'token_expired'],
    ['nothing', () => '', 'invalid_token'],
    ['a word', () => 'token', 'invalid_token'],
    ['two dots', () => '..', 'invalid_token'],
    ['a megabyte', () => 'a'.repeat(1_000_000), 'invalid_token'],
    ['five parts', () => 'a.b.c.d.e', 'invalid_token'],
    ['not base64url', () => 'ä.ö.ü', 'invalid_token'],
  ];
  const claims = (more: object = {}) => ({ ...genuineClaims(SESSION, seconds()), ...more });

  test.each(cases)('%s', async (_name, forge, code) => {
    expect(await tokens.verify(forge())).toBe(code);
  });

  test('cut off anywhere is invalid', async () => {
    const { token } = await tokens.mint(SESSION, 1);
    for (let length = 0; length < token.length; length++) {
      expect(await tokens.verify(token.slice(0, length)), `first ${length} characters`).toBe('invalid_token');
    }
  });
});

describe('10,000 mutations of a genuine token', () => {
  test('are all refused, whatever bits of the text mean nothing', async () => {
    const { token } = await tokens.mint(SESSION, 1);
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n';
    const at = fc.nat(token.length - 1);
    const character = fc.constantFrom(...alphabet);
    const mutation = fc.oneof(
      fc.tuple(at, character).map(([i, c]) => token.slice(0, i) + c + token.slice(i + 1)),
      fc.tuple(at, character).map(([i, c]) => token.slice(0, i) + c + token.slice(i)),
      at.map((i) => token.slice(0, i) + token.slice(i + 1)),
      fc.tuple(at, at).map(([i, j]) => {
        const letters = [...token];
        [letters[i], letters[j]] = [letters[j] as string, letters[i] as string];
        return letters.join('');
      }),
      fc.tuple(at, fc.string()).map(([i, text]) => token.slice(0, i) + text),
    );
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(mutation, async (mutant) => {
        fc.pre(mutant !== token);
        tried += 1;
        expect(await tokens.verify(mutant)).toBe('invalid_token');
      }),
      { numRuns: 10_000, seed: 20261122 },
    );
    expect(tried).toBe(10_000);
  });
});
