import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { DIRECT } from '#src/main/http-client/network';
import { systemTimers } from '#src/main/platform/node';
import { updateAdvice } from '#src/main/platform/update-advice';
import { Updates, type UpdatesOptions } from '#src/main/updates/updates';
import { said } from '#src/shared/messages/said';
import { DAY, HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { folderTest } from '#tests/support/fixtures';
import { MANIFEST_KEY, signedManifest, strangersKey } from '#tests/support/manifests';

const clockNow = () => Date.now();

/** A server of manifests, and what it was sent. */
async function serve(answer: RequestListener): Promise<{ url: string; heads: string[]; server: Server }> {
  const heads: string[] = [];
  const server = createServer((req, res) => {
    heads.push(`${req.method} ${req.url} ${JSON.stringify(req.headers)}`);
    answer(req, res);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/updates.json`, heads, server };
}

const says =
  (text: string): RequestListener =>
  (_req, res) =>
    void res.setHeader('content-type', 'application/json').end(text);

/** The setting, as the database keeps it: as JSON. */
function memory(): UpdatesOptions['settings'] {
  const kept = new Map<string, string>();
  return {
    get: <T>(name: string) => JSON.parse(kept.get(name) ?? 'null') as T | null,
    set: (name, value) => void kept.set(name, JSON.stringify(value)),
  };
}

function open(more: Partial<UpdatesOptions> = {}): Updates {
  const updates = new Updates({
    key: MANIFEST_KEY,
    version: '0.1.0',
    how: said('said.update.source'),
    settings: memory(),
    network: DIRECT,
    clock: { now: clockNow, monotonic: () => performance.now() },
    timers: systemTimers,
    onProblem: () => {},
    ...more,
  });
  onTestFinished(() => updates.close());
  return updates;
}

const test = folderTest;

test('tells version, changes and what to do, and sends nothing of this machine', async () => {
  const { url, heads } = await serve(says(signedManifest(clockNow(), { changes: ['a\u202eb.', 'c', 'd', 'e'] })));
  const updates = open();
  expect(updates.get()).toMatchObject({ enabled: false, address: null, checked: null, newer: null });
  updates.set(true, url);
  expect(updates.notice()).toBeNull();
  const state = await updates.check();
  expect(state.checked?.problem).toBeNull();
  expect(state).toMatchObject({ how: said('said.update.source'), newer: { version: '9.0.0' } });
  expect(updates.notice()).toBe(
    `Holdfast 9.0.0 is available; this is 0.1.0. New in it: a\\u202eb; c; d; …. ${said('said.update.source')}`,
  );
  expect(heads).toHaveLength(1);
  expect(heads[0]).toMatch(/^GET \/updates\.json \{/);
  const headers = JSON.parse(heads[0]?.replace(/^\S+ \S+ /, '') ?? '{}');
  expect(Object.keys(headers).sort()).toEqual(['accept', 'accept-encoding', 'connection', 'host', 'user-agent']);
  expect(headers['user-agent']).toBe('holdfast');
  updates.set(false, undefined);
  expect(updates.notice()).toBeNull();
});

test('the version that runs, and one that is older, are no news', async () => {
  for (const version of ['9.0.0', '10.0.0']) {
    const { url } = await serve(says(signedManifest(clockNow())));
    const updates = open({ version });
    updates.set(true, url);
    expect(await updates.check()).toMatchObject({ newer: null, checked: { problem: null } });
  }
});

describe('says why, and tells nothing, when the answer is', () => {
  const good = signedManifest(clockNow());
  test.for<[string, RequestListener, string]>([
    ['signed by a stranger', says(signedManifest(clockNow(), {}, strangersKey())), 'was not signed by'],
    ['changed by a byte', says(good.replace('9.0.0', '9.0.1')), 'was not signed by'],
    ['expired', says(signedManifest(clockNow(), { expires: new Date(clockNow() - 1_000).toISOString() })), 'expired'],
    ['HTML', (_req, res) => void res.setHeader('content-type', 'text/html').end('<p>Welcome'), 'is not a manifest'],
    ['a redirect', (_req, res) => void res.writeHead(302, { location: '/other' }).end(), 'sends on to another'],
    ['an error', (_req, res) => void res.writeHead(503).end(), 'answered 503'],
    ['too large and says so', says(' '.repeat(65_537) + good), 'larger than 64 KiB'],
    ['too large in bytes', says(`${'é'.repeat(40_000)}`), 'larger than 64 KiB'],
    [
      'without end',
      (_req, res) => {
        const more = () => void (res.destroyed || res.write('x'.repeat(4_096), more));
        more();
      },
      'larger than 64 KiB',
    ],
    [
      'cut off',
      (_req, res) => {
        res.writeHead(200, { 'content-length': '1000' });
        res.write('{', () => res.destroy());
      },
      'cut off',
    ],
    ['a cut connection', (req) => void req.socket.destroy(), 'The server of updates'],
  ])('%s', async ([_name, answer, reason]) => {
    const { url } = await serve(answer);
    const updates = open();
    updates.set(true, url);
    const { checked, newer } = await updates.check();
    expect(checked?.problem).toContain(reason);
    expect([newer, updates.notice()]).toEqual([null, null]);
  });

  test('missing for ten seconds', { timeout: 20_000 }, async () => {
    const { url } = await serve((_req, res) => void res.writeHead(200).write('{'));
    const updates = open();
    updates.set(true, url);
    const from = performance.now();
    expect((await updates.check()).checked?.problem).toContain('did not answer within 10 seconds');
    expect(performance.now() - from).toBeLessThan(12 * SECOND);
  });
});

test('an older manifest is refused, also after a restart; what was known stays', async () => {
  let text = signedManifest(clockNow());
  const { url } = await serve((req, res) => says(text)(req, res));
  const settings = memory();
  const first = open({ settings });
  first.set(true, url);
  await first.check();
  first.close();

  text = signedManifest(clockNow(), { version: '8.0.0', issued: new Date(clockNow() - 2 * DAY).toISOString() });
  const second = open({ settings });
  expect(second.notice()).toContain('9.0.0');
  const { checked, newer } = await second.check();
  expect(checked?.problem).toContain('older than');
  expect(newer?.version).toBe('9.0.0');
  // After the update it is no news any more.
  second.close();
  expect(open({ settings, version: '9.0.0' }).notice()).toBeNull();
});

describe('it asks', () => {
  /** What is due on the fake clock, until the answer has come. */
  async function pass(clock: FakeClock, time: number): Promise<void> {
    for (let passed = 0; passed < time; passed += HOUR) clock.advance(HOUR);
    await new Promise((resolve) => setImmediate(resolve));
  }

  test('once a day when it is switched on, also across restarts, and never before', async () => {
    const clock = new FakeClock();
    const asked: (() => void)[] = [];
    const { url, heads } = await serve((req, res) => {
      says(signedManifest(clock.now()))(req, res);
      res.once('close', () => asked.shift()?.());
    });
    const next = () => new Promise<void>((resolve) => void asked.push(resolve));
    const settings = memory();
    const updates = open({ clock, timers: clock, settings });
    await pass(clock, 3 * DAY);
    updates.set(false, url);
    await pass(clock, 3 * DAY);
    expect(heads).toHaveLength(0);

    updates.set(true, undefined);
    const first = next();
    clock.advance(HOUR);
    await first;
    await expect.poll(() => updates.get().checked?.problem).toBeNull();
    await pass(clock, 23 * HOUR);
    updates.close();
    const restarted = open({ clock, timers: clock, settings });
    clock.advance(2 * MINUTE);
    expect(heads).toHaveLength(1);
    const second = next();
    // Just until it is due: time that passes after that counts against the answer.
    clock.advance(HOUR - 2 * MINUTE);
    await second;
    expect(heads).toHaveLength(2);
    restarted.close();
    await pass(clock, 3 * DAY);
    expect(heads).toHaveLength(2);
  });

  test('once, when two want to know at the same time', async () => {
    const { url, heads } = await serve(says(signedManifest(clockNow())));
    const updates = open();
    updates.set(true, url);
    await Promise.all([updates.check(), updates.check()]);
    expect(heads).toHaveLength(1);
  });

  test.for(['http://example.com/x', 'ftp://x', 'https://me:pw@x/', 'nonsense', ''])('not at %j', (address) => {
    expect(() => open().set(true, address)).toThrow('begins with https://');
  });

  test('not without an address or a key, and says so', async () => {
    expect(() => open().set(true, undefined)).toThrow('Say at which address');
    await expect(open().check()).rejects.toThrow('No address');
    const keyless = open({ key: null });
    expect(keyless.get()).toMatchObject({ possible: false, note: expect.stringContaining('has no release key') });
    expect(() => keyless.set(true, 'https://x/')).toThrow('has no release key');
    await expect(keyless.check()).rejects.toThrow('has no release key');
  });
});

test('each way of installing is told its own way of updating', () => {
  const words = [
    updateAdvice('source', false),
    updateAdvice('npm', false),
    updateAdvice('desktop', true),
    updateAdvice('desktop', false),
  ];
  expect(words.map((text) => /git pull|npm install|\.deb|\.tar\.gz/.exec(text)?.[0])).toEqual([
    'git pull',
    'npm install',
    '.deb',
    '.tar.gz',
  ]);
});
