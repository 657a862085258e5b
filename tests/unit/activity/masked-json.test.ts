import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KnownSecrets } from '#src/main/activity/contents/known-secrets';
import { maskText } from '#src/main/activity/contents/mask-text';
import { maskedJson, parsedJson } from '#src/main/activity/contents/masked-json';
import { HIDDEN } from '#src/shared/model/secret-values';

const none = (text: string) => text;
const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
const letters = (length: number) =>
  fc.string({ unit: fc.constantFrom(...LETTERS), minLength: length, maxLength: length }).map((text) => `Q${text}9z`);

/** Keys as the services write them, each with what must not come through. */
const KEYS: readonly ((secret: string) => string)[] = [
  (secret) => `AKIA${secret.toUpperCase()}`,
  (secret) => `ghp_${secret}`,
  (secret) => `github_pat_11${secret}`,
  (secret) => `glpat-${secret}`,
  (secret) => `xoxb-123456789-${secret}`,
  (secret) => `https://hooks.slack.com/services/T0/B0/${secret}`,
  (secret) => `sk_live_${secret}`,
  (secret) => `whsec_${secret}`,
  (secret) => `sk-proj-${secret}`,
  (secret) => `sk-ant-api03-${secret}`,
  (secret) => `AIza${secret}`,
  (secret) => `ya29.${secret}`,
  (secret) => `GOCSPX-${secret}`,
  (secret) => `npm_${secret}`,
  (secret) => `eyJ${secret}.eyJ${secret}.${secret}`,
  (secret) => `-----BEGIN RSA PRIVATE KEY-----\n${secret}\n-----END RSA PRIVATE KEY-----`,
  (secret) => `https://user:${secret}@example.com/x`,
  (secret) => `https://${secret}@example.com/x`,
  (secret) => `https://example.com/cb?a=1&code=${secret}#access_token=${secret}`,
  (secret) => `Authorization: Bearer ${secret}`,
  (secret) => `authorization: ${secret} more`,
  (secret) => `curl -H "X-Api-Key: ${secret}" https://example.com`,
  (secret) => `Cookie: a=b; sid=${secret}; c=d`,
  (secret) => `tool --password ${secret} --verbose`,
  (secret) => `PASSWORD=${secret}`,
  (secret) => `{"password": "${secret}", "x": 1}`,
  (secret) => `and so: {\\"api_key\\": \\"${secret}\\"}`,
  (secret) => JSON.stringify({ a: [{ client_secret: secret }] }),
  (secret) => JSON.stringify({ text: JSON.stringify({ token: { inner: [secret] } }) }),
];
const NAMES = [
  'password',
  'Password',
  'db_password',
  'secret',
  'clientSecret',
  'token',
  'access_token',
  'refreshToken',
  'api_key',
  'apiKey',
  'x-api-key',
  'Authorization',
  'Cookie',
  'Set-Cookie',
  'private_key',
  'credentials',
  'passphrase',
  'passwordConfirmation',
  'passwordNew',
  'user_password_field',
  'dbPass',
  'basicAuth',
  'apiKeyValue',
  'api_key_prod',
  'token_prod',
  'cvv',
];

const secret = letters(24);
const prose = fc.constantFrom('', 'so: ', '(', 'x = ', '\n', 'ü ');
/** A leaf with a secret in it. */
const leaf = fc
  .tuple(fc.constantFrom(...KEYS), secret, prose, fc.constantFrom('', '\n', ' and more', ')'))
  .map(([key, one, before, after]) => ({ value: `${before}${key(one)}${after}` as unknown, secret: one }));
const named = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.string({ minLength: 6 }).map((text) => `q${text}q`),
    fc.boolean(),
  )
  .map(([name, one, isDeep]) => ({ value: { [name]: isDeep ? [{ of: one }] : one } as unknown, secret: one, name }));
const pairs = secret.chain((one) =>
  fc
    .constantFrom<unknown>(
      { name: 'Authorization', value: one },
      { key: 'API_TOKEN', value: one },
      { Name: 'DB_PASSWORD', Value: one },
      { key: 'token', val: one },
      { field: 'password', value: one },
      ['--password', one],
      ['Authorization', one],
    )
    .map((value) => ({ value, secret: one })),
);
/** A value with a secret at any depth, in lists, objects and texts of JSON, also as a key. */
const anywhere = fc
  .tuple(
    fc.oneof(leaf, named, pairs) as fc.Arbitrary<{ value: unknown; secret: string; name?: string }>,
    fc.array(
      fc.oneof(
        fc.constant((value: unknown): unknown => [1, value, 'x']),
        fc.constant((value: unknown): unknown => ({ before: null, content: value, after: true })),
        fc.constant((value: unknown): unknown => ({ type: 'text', text: JSON.stringify(value) })),
        fc.constant((value: unknown): unknown => ({ text: JSON.stringify([value], null, 2) })),
      ),
      { maxLength: 6 },
    ),
  )
  // JSON within JSON is opened three times; it is a text from there on.
  .filter(([, wraps]) => wraps.filter((wrap) => String(wrap).includes('stringify')).length <= 3)
  .map(([one, wraps]) => ({ ...one, value: wraps.reduce((value, wrap) => wrap(value), one.value) }));

const shape = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).map(shape);
};

describe('JSON without its secrets', () => {
  test('lets none through, at any place and depth', () => {
    fc.assert(
      fc.property(anywhere, ({ value, secret: one }) => {
        const { json, masked } = maskedJson(value, none);
        expect(json).not.toContain(JSON.stringify(one).slice(1, -1));
        expect(json.toLowerCase()).not.toContain(one.toLowerCase());
        expect(masked).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });

  test('lets no known secret through, in any of its shapes', () => {
    const value = fc
      .string({ minLength: 8, maxLength: 60 })
      .filter((text) => !/[•\s;,]/.test(text) && !/\p{Surrogate}/u.test(text));
    fc.assert(
      fc.property(value, prose, fc.constantFrom('plain', 'url', 'base64', 'key', 'json'), (one, before, how) => {
        const servers = [{ config: { target: { headers: { Authorization: one } } } }];
        const known = new KnownSecrets(() => servers);
        const texts = {
          plain: `${before}${one}!`,
          url: `https://example.com/?q=${encodeURIComponent(one)}`,
          base64: Buffer.from(`${before}${one}${before}`).toString('base64'),
          key: 'x',
          json: JSON.stringify({ deep: [one] }),
        };
        const said = how === 'key' ? { [one]: 1 } : { content: [{ text: texts[how] }] };
        const { json } = maskedJson(said, known.mask);
        expect(json).not.toContain(JSON.stringify(one).slice(1, -1));
        const [text] = JSON.parse(json).content ?? [{ text: '' }];
        expect(Buffer.from(text.text, 'base64').toString()).not.toContain(one);
        expect(decodeURIComponent(text.text.replaceAll('%', '%25'))).not.toContain(encodeURIComponent(one));
      }),
      { numRuns: 500 },
    );
  });

  test.each(['"abcd-12"', '[12,34,5]'])('lets no secret through that itself reads as JSON: %s', (secret) => {
    const known = new KnownSecrets(() => [{ config: { target: { headers: { Authorization: secret } } } }]);
    for (const said of [{ [secret]: 1 }, { text: secret }, [secret]]) {
      expect(maskedJson(said, known.mask).json).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });

  test('keeps objects, lists and their order', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          anywhere.map(({ value }) => value),
          fc.json().map((text) => JSON.parse(text)),
        ),
        (value) => {
          const { json, isCut } = maskedJson(value, none);
          expect(isCut).toBe(false);
          expect(shape(JSON.parse(json))).toEqual(shape(value));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('counts nothing as masked where keys are whole numbers in any order, and hides what stands there twice', () => {
    for (const text of ['{"b":1,"10":2,"2":3}', '[{"z":{"1":"x","0":"y"}}]', '{"a":1.50,"7":12345678901234567890}']) {
      expect(maskedJson({ text }, none)).toEqual({ json: JSON.stringify({ text }), isCut: false, masked: 0 });
    }
    const twice = maskedJson({ text: '{"token":"canary","b":1,"10":2,"token":"x"}' }, none);
    expect(twice.masked).toBeGreaterThan(0);
    expect(twice.json).not.toContain('canary');
    expect(maskedJson({ text: '{"b":"canary","10":2,"b":"x"}' }, none).json).not.toContain('canary');
  });

  test('changes nothing the second time', () => {
    fc.assert(
      fc.property(anywhere, ({ value }) => {
        const { json } = maskedJson(value, none);
        expect(maskedJson(JSON.parse(json), none)).toEqual({ json, isCut: false, masked: 0 });
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    [
      'ordinary arguments',
      { path: '/home/dev/src/index.ts', query: 'the token count', limit: 20, ok: true, none: null },
    ],
    ['how far a list was read', { nextPageToken: 'abc', progressToken: 7, max_tokens: 1024, total_tokens: 5 }],
    ['names that say "key" of something else', { key: 'colour', primary_key: 'id', keyboard: 'de' }],
    ['ids and dates', { id: '0190d5c8-7f3e-7c4c-9f3a-1f2e3d4c5b6a', at: '2026-11-22T21:20:03.120Z', n: 12345678901 }],
    ['pairs of no secrets', { Name: 'colour', Value: 'red', field: 'size', val: 7 }],
    ['assignments and elements of no secrets', { text: 'LEVEL=debug max_tokens=5 <name>Bob</name> <p>token</p>' }],
    ['names that end in words for short secrets', { author: 'x', bypass: 'y', compass: 'z', value: 'a', new: 'b' }],
    ['source code', { text: 'const tokens = scanner.read();\nif (x) { return key; }' }],
  ])('leaves %s as they are', (_, value) => {
    expect(maskedJson(value, none)).toEqual({ json: JSON.stringify(value), isCut: false, masked: 0 });
  });

  test('says of the address of an elicitation only where it is', () => {
    const asked = { mode: 'url', message: 'Log in', url: 'https://example.com/login/canary?x=canary#canary' };
    for (const value of [asked, { error: { code: -32042, data: { elicitations: [asked] } } }]) {
      const { json, masked } = maskedJson(value, none);
      expect(json).toContain('"url":"https://example.com/•••"');
      expect(json).not.toContain('canary');
      expect(masked).toBe(1);
      expect(maskedJson(JSON.parse(json), none)).toEqual({ json, isCut: false, masked: 0 });
    }
  });

  test('leaves numbers as they were written', async () => {
    const { parseExact } = await import('#src/main/mcp/exact-json');
    const text = '{"big":12345678901234567890,"zero":1.0,"list":[1e2,-0]}';
    expect(maskedJson(parseExact(text), none).json).toBe(text);
  });

  test('leaves a picture as it is, but not what only says that it is one', () => {
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk';
    const picture = { type: 'image', mimeType: 'image/png', data: png };
    expect(JSON.parse(maskedJson(picture, none).json)).toEqual(picture);
    const text = Buffer.from('password: hunter2hunter2').toString('base64');
    expect(JSON.parse(maskedJson({ ...picture, data: text }, none).json).data).toBe(HIDDEN);
    expect(JSON.parse(maskedJson({ uri: 'x', mimeType: 'text/plain', blob: text }, none).json).blob).toBe(HIDDEN);
  });
});

test.each([
  ['a log line of JSON with a quote', 'INFO {"password": "hun\\"ter22xyz"} done'],
  ['a quotation with an apostrophe', String.raw`password='it\'s ter22xyz' and`],
  ['a quotation of the other kind', `password="it's ter22xyz"`],
  ['escaped quotes', String.raw`so: password=\"hun \\\"ter22xyz\" and`],
  ['a cookie in quotes', 'Cookie: sid="ter22xyz"'],
  ['a cookie with more', 'GET / HTTP/1.1\nCookie: a=b; sid="ter22xyz"; c="d"\nHost: x'],
  ['a login by digest', 'Authorization: Digest username="bob", response="ter22xyz"'],
  ['a header in a command', `curl -H 'Authorization: Digest username="bob", response="ter22xyz"' https://x.example`],
  ['an address whose password holds an @', 'postgres://u:hun@ter22xyz@host/db'],
  ['an address whose user holds an @', 'https://a@ter22xyz@host/db'],
  ['an arrow', 'password => ter22xyz'],
  ['two signs', 'password == ter22xyz'],
  ['an assignment', 'password := "a ter22xyz"'],
  ['a word with a quote in it', `password=a"b'ter22xyz`],
  ['a word with a backslash in it', String.raw`password=hunhunhun\ter22xyz`],
  ['a variable', 'export DB_PASS=ter22xyz'],
  ['a quoted variable', 'DB_PASS="a ter22xyz" X=1'],
  ['XML', '<db><password>ter22xyz</password></db>'],
  ['XML with more', '<x:dbPass type="a"><![CDATA[a ter22xyz]]></x:dbPass>'],
  ['a call of curl', 'curl -u bob:ter22xyz https://x.example'],
  ['a longer call of curl', `curl --user 'bob:ter22xyz' https://x.example`],
  ['the address of a webhook', 'https://discord.com/api/webhooks/123456789/ter22xyz-abc'],
  ['a block of YAML', 'db:\n  password: |\n    a\n\n    ter22xyz\n  user: bob'],
])('a password in %s does not come through', (_, text) => {
  const masked = maskText(text, none);
  expect(masked).not.toContain('ter22');
  expect(maskText(masked, none)).toBe(masked);
});

test('what stands beside a secret stays', () => {
  expect(maskText('db:\n  password: |\n    a\n    b\n  user: bob', none)).toContain('\n  user: bob');
  expect(maskText(`curl -H "X-Api-Key: a" https://x.example`, none)).toContain('" https://x.example');
  expect(maskText('password="a\\"b", user="bob"', none)).toContain(', user="bob"');
});

test('what is looked at first misses nothing that the patterns would hide', () => {
  const piece = fc.constantFrom(
    'sk-',
    'ghp_',
    'AKIA',
    'eyJ',
    'Bearer ',
    '--password',
    '-',
    'token',
    ':',
    '=',
    ' ',
    'a1',
    'Zz',
    '/',
    '.',
    '@',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      // In a longer text everything is looked at.
      expect(maskText(`${text}\n"\nabcdefghijkl`, none)).toBe(`${maskText(text, none)}\n"\nabcdefghijkl`);
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['the value of an option', { args: ['run', '--api-key', 'k7-short', '--verbose'] }, 'k7-short'],
  ['an option with its value', { args: ['--password=hunter2'] }, 'hunter2'],
  ['an argument with its name', { args: ['API_TOKEN=abc-7'] }, 'abc-7'],
  ['the password in the address', { url: 'https://bob:hun%40ter@mcp.example/x' }, 'hun@ter'],
  ['the user in the address', { url: 'https://tok-77@mcp.example/x' }, 'tok-77'],
  ['a key in the path', { url: 'https://mcp.example/s/abcdefghijklmnop/mcp' }, 'abcdefghijklmnop'],
  ['a key in the query', { url: 'https://mcp.example/mcp?api_key=q-77' }, 'q-77'],
  ['a short token', { headers: { Authorization: 'Bearer x7y8' } }, 'x7y8'],
  ['the password in an argument', { args: ['postgres://bob:hunter@db.example/x'] }, 'hunter'],
  ['the password in a variable', { env: { WHERE: 'postgres://bob:hunter@db.example/x' } }, 'hunter'],
])('%s of a server is known', (_, target, one) => {
  const servers = [{ config: { target } }];
  expect(new KnownSecrets(() => servers).mask(`so: ${one}.`)).toBe(`so: ${HIDDEN}.`);
});

test('what is no secret of a server is not known', () => {
  const target = {
    args: ['--verbose', '--key-file', '/etc/keys/file', '--port', '8080'],
    url: 'https://mcp.example/v1/mcp',
    env: { WHERE: 'https://docs.example/a-long-part-of-a-path' },
  };
  const servers = [{ config: { target } }];
  const text = 'mcp.example v1 mcp /etc/keys/file 8080 a-long-part-of-a-path --verbose';
  expect(new KnownSecrets(() => servers).mask(text)).toBe(text);
});

describe('JSON in a text', () => {
  const values = {
    pin: 'hu"n\\ter\n2',
    otp: 918_273,
    mnemonic: 'legal winner thank',
    secrets: ['zeta-1', { a: 'zeta-2' }],
  };
  const SAID = ['hu', 'ter', '918273', 'winner', 'zeta'];
  const inner = JSON.stringify(values);
  const filler = 'lorem ipsum '.repeat(9_000);

  test.each([
    ['longer than what is kept', JSON.stringify({ ...values, filler })],
    ['behind something long', JSON.stringify({ filler, ...values })],
    ['longer than what is opened', JSON.stringify({ ...values, filler: filler.repeat(20) })],
    ['of many lines', `${inner}\n${inner}\n`],
    ['behind a word', `Result: ${inner}`],
    ['before a word', `${inner} (done)`],
    ['in a fence', `\`\`\`json\n${JSON.stringify(values, null, 2)}\n\`\`\``],
    ['nested beyond reading', JSON.stringify(values).replace(/^/, '['.repeat(20_000)) + ']'.repeat(20_000)],
    ['cut off', inner.slice(0, -4)],
    ['in JSON behind a word', `Result: ${JSON.stringify({ a: inner })}`],
    ['in JSON in JSON behind a word', `Result: ${JSON.stringify({ a: JSON.stringify({ b: inner }) })}`],
    ['with escapes in its names', `so ${inner.replace('"pin"', '"p\\u0069n"').replace('"otp"', '"\\u006ftp"')}`],
    ['behind a quotation that does not end', `"note": "say ${inner}`],
    [
      'as Python prints it',
      "{'pin': 'hu ter', 'otp': 918273, 'mnemonic': 'legal winner', 'secrets': ['zeta', {'a': 'zeta'}]}",
    ],
  ])('%s comes without what stands under the names of secrets', (_, text) => {
    const { json, masked } = maskedJson({ text }, none, 64 * 1024);
    for (const one of SAID) expect(json).not.toContain(one);
    expect(masked).toBeGreaterThan(0);
  });

  const indents = fc.constantFrom<(value: unknown) => string>(
    (value) => JSON.stringify(value, null, 3),
    (value) => JSON.stringify(value, null, 2).replaceAll('\n', '\r\n'),
    (value) => `\n${JSON.stringify(value)}\n`,
    // As Python writes it: a space after each colon and comma, and nothing but ASCII.
    (value) =>
      JSON.stringify(value, null, 1)
        .replace(/\n */g, ' ')
        .replace(/[^\x20-\x7e]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );

  test('stays as it was written, however it is laid out, if it has no secret', () => {
    const words = fc.constantFrom('grün', '漢字', 'a "b"', 'x\\y', '😀', '', 'a: b, c');
    const value = fc.dictionary(fc.constantFrom('ok', 'note', 'größe'), fc.oneof(words, fc.array(words), fc.boolean()));
    fc.assert(
      fc.property(value, indents, (one, write) => {
        const said = { text: write([one, { ok: true, n: 1.5 }]) };
        expect(maskedJson(said, none, 64 * 1024)).toEqual({ json: JSON.stringify(said), isCut: false, masked: 0 });
      }),
    );
  });

  test('with members of the same name in another layout comes without the hidden ones', () => {
    const text = '{"password": "canary-1", "x": "canary-2", "password": "", "x": 1}';
    expect(maskedJson({ text }, none).json).not.toContain('canary');
  });
});

test('of members with the same name, none comes through', () => {
  const text = '{"password":"canary-1","x":"canary-2","password":"","x":1}';
  expect(maskedJson({ text }, none).json).not.toContain('canary');
  expect(maskedJson(parsedJson(text), none).json).not.toContain('canary');
});

describe('a value that is cut', () => {
  test('stays valid JSON, within its limit, without half a character, and says so', () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 6 }),
        fc.integer({ min: 512, max: 2_000 }),
        fc.nat({ max: 4_000 }),
        (text, limit, n) => {
          const value = { a: JSON.parse(text), long: '😀ü"'.repeat(n), b: JSON.parse(text) };
          const { json, isCut } = maskedJson(value, none, limit);
          expect(Buffer.byteLength(json)).toBeLessThanOrEqual(limit);
          expect(JSON.stringify(JSON.parse(json))).not.toMatch(/\p{Surrogate}/u);
          expect(json).not.toMatch(/\\ud[89a-f]/i);
          if (!isCut) expect(json).toBe(maskedJson(value, none).json);
          else expect(Buffer.byteLength(JSON.stringify(value))).toBeGreaterThan(limit - 512);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('shows no part of a secret where it was cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_200 }), secret, (offset, one) => {
        const text = `${'word '.repeat(200).slice(0, offset)} ghp_${one}`;
        for (const limit of [400, 700, 1_000]) {
          const { json } = maskedJson({ text }, none, limit);
          expect(json).not.toContain(one.slice(0, 8));
        }
      }),
    );
  });
});

describe('time', () => {
  test.each([
    ['a-', 'a-'],
    ['a.', 'a.a.'],
    ['http://', 'http://'],
    ['x://a:', 'x://a:'],
    ['-----BEGIN ', '-----BEGIN A'],
    ['password=', 'password='],
    ['token', 'token'],
    ['eyJ', 'eyJaaaaaaaa.'],
    ['?key', '?key'],
    ['Bearer', 'Bearer '],
    ['Aa1', 'Aa1'],
    ['spaces', ' '],
    ['quotes', '\\"token\\": '],
    ['--', '--a-token '],
    ['{', '{'],
    ['names', '"pin": '],
    ['objects under names', '"pin": {'],
    ['headers', '"Cookie: '],
    ['variables', 'a='],
    ['elements', '<a '],
    ['sections', '<password><![CDATA[a'],
    ['users', '-u a'],
    ['cookies', 'cookie'],
    ['x-', 'x-auth'],
    ['blocks', 'password: |\n  \n'],
    ['quotations', 'password="\\'],
    ['@', 'x://a@'],
    ['blanks and names', 'password                   '],
    ['backslashes', '"\\'],
  ])('is short for a long text of %s', (_, piece) => {
    const text = piece.repeat(Math.ceil(200_000 / piece.length));
    const started = performance.now();
    maskText(text, none);
    maskedJson({ text }, none, 64 * 1024);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
