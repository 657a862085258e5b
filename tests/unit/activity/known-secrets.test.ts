import { describe, expect, test } from 'vitest';
import { KnownSecrets, partsOfAddress } from '#src/main/activity/contents/known-secrets';
import type { Secrets } from '#src/main/platform/ports';

/** Keeps secrets as the real ones do, in memory. */
class InMemory implements Secrets {
  readonly inKeychain = false;
  readonly protection = '';
  readonly problem = null;
  private readonly values = new Map<string, Uint8Array>();

  async read(name: string) {
    return this.values.get(name) ?? null;
  }

  async write(name: string, value: Uint8Array) {
    this.values.set(name, value);
  }

  onReadable() {
    return () => {};
  }
}

const json = (value: unknown) => Buffer.from(JSON.stringify(value));
const NONE: never[] = [];
const EVERY_SHAPE = (value: string) => [
  value,
  encodeURIComponent(value),
  JSON.stringify(value),
  Buffer.from(`me:${value}`).toString('base64'),
];

describe.for(['mask', 'maskAll'] as const)('%s', (mask) => {
  test('knows tokens of logins and every header of telemetry, those of before included', async () => {
    const known = new KnownSecrets(() => NONE);
    const secrets = known.watching(new InMemory());
    await secrets.write(
      'logins.json',
      json({ one: { tokens: { access_token: 'first token', refresh_token: 'refresh/"this"' } } }),
    );
    await secrets.write('telemetry-headers.json', json({ 'x-scope-orgid': 'the first tenant', 'x-on': 'true' }));
    await secrets.write('logins.json', json({ one: { tokens: { access_token: 'second token' } } }));
    await secrets.write('telemetry-headers.json', json({ 'x-scope-orgid': 'the second tenant' }));
    for (const value of ['first token', 'refresh/"this"', 'the first tenant', 'second token', 'the second tenant']) {
      for (const written of EVERY_SHAPE(value)) {
        const text = known[mask](`a ${written} b`);
        expect(text, written).not.toContain(written);
        expect(text, written).toContain('•••');
      }
    }
    expect(known[mask]('this is true')).toBe('this is true');
  });

  test('knows what is kept elsewhere, and what was', () => {
    const known = new KnownSecrets(() => NONE);
    let address: string | null = 'https://hooks.example.com/services/T0/AbCdEfGh12345678';
    known.also(() => partsOfAddress(address));
    expect(known[mask](`POST ${address}`)).toBe('POST •••');
    address = 'http://127.0.0.1:9/other?room=a%20long%20word';
    known.look();
    address = null;
    for (const text of [
      '/services/T0/AbCdEfGh12345678',
      'AbCdEfGh12345678',
      '/other?room=a%20long%20word',
      'a long word',
    ]) {
      expect(known[mask](`at ${text}!`), text).toBe('at •••!');
    }
    expect(known[mask]('hooks.example.com has services')).toBe('hooks.example.com has services');
  });
});

describe('values of servers', () => {
  test('are hidden in what leaves the machine, those of before included, and stay in contents', () => {
    let servers: never[] = [];
    let values = ['production "blue"'];
    const known = new KnownSecrets(
      () => servers,
      () => values,
    );
    known.look();
    servers = [];
    values = ['production green'];
    known.look();
    for (const value of ['production "blue"', 'production green']) {
      expect(known.mask(value)).toBe(value);
      for (const written of EVERY_SHAPE(value)) expect(known.maskAll(written)).not.toContain(written.slice(4));
    }
  });
});
