import { describe, expect } from 'vitest';
import { RECONNECT_FAILURES } from '#src/shared/errors';
import { disposing } from '#tests/support/fixtures';
import { cliTest, configureServers, counterEntry, runHoldfast, startOtherProgram, writeEndpoint } from './support';

const ADMIN_KEY = 'hfa_never-to-be-seen';
/** What cannot be brought about from outside; the doctor says so. */
const NOT_FROM_OUTSIDE = ['token_expired', 'invalid_token_purpose'];
const DONE_ON_PURPOSE = Object.keys(RECONNECT_FAILURES).filter(
  (code) => code !== 'internal_error' && !NOT_FROM_OUTSIDE.includes(code),
);

const test = cliTest
  .extend('runDoctor', ({ command, folder }) => async (...args: string[]) => {
    const { code, stdout, stderr } = await runHoldfast(command, folder, 'doctor', ...args);
    return { code, stdout, output: stdout + stderr };
  })
  .extend('startOther', ({ folder }, { onCleanup }) =>
    disposing(
      onCleanup,
      async (answer: Parameters<typeof startOtherProgram>[0]) => {
        const other = await startOtherProgram(answer);
        writeEndpoint(folder, { url: other.url });
        return other;
      },
      (other) => other.stop(),
    ),
  );

describe('a Holdfast that is well', () => {
  test('passes every check, is left as it was found, and no secret is printed', { timeout: 60_000 }, async ({
    start,
    runDoctor,
  }) => {
    const { url, admin_key } = await start();
    const { code, output } = await runDoctor();

    const marked = (mark: string) => [...output.matchAll(new RegExp(`^${mark} (.+?): .+$`, 'gm'))].map((m) => m[1]);
    expect(output).toContain('Holdfast is well.');
    expect(code).toBe(0);
    expect(marked('✗')).toEqual([]);
    expect(marked('–')).toEqual(NOT_FROM_OUTSIDE);
    expect(marked('✓')).toEqual(
      expect.arrayContaining(['health', 'MCP', 'session', 'reconnect', 'retry', 'tool', 'event', 'health updates']),
    );
    expect(marked('✓')).toEqual(expect.arrayContaining(DONE_ON_PURPOSE));

    expect(output).not.toContain(admin_key);
    expect(output).not.toMatch(/hfa?_[\w-]{20}|eyJ/);

    const ask = async (path: string) =>
      (await fetch(url + path, { headers: { authorization: `Bearer ${admin_key}` } })).json();
    expect((await ask('/api/mcp/clients')).clients).toEqual([]);
    const { sessions } = await ask('/api/mcp/sessions');
    expect(sessions.length).toBeGreaterThan(0);
    expect(new Set(sessions.map((session: { status: string }) => session.status))).toEqual(new Set(['closed']));
  });

  test('is well with servers behind it too, whose start makes answers slow', { timeout: 60_000 }, async ({
    folder,
    command,
    start,
    runDoctor,
  }) => {
    configureServers(folder, { counter: counterEntry() });
    await start();
    expect((await runHoldfast(command, folder, 'servers', 'trust', 'counter')).code).toBe(0);
    const { code, output } = await runDoctor();
    expect(output).toContain('Holdfast is well.');
    expect(code).toBe(0);
  });
});

describe('servers that hang', () => {
  test('are named, and keep no other check from running', { timeout: 60_000 }, async ({
    folder,
    command,
    start,
    runDoctor,
  }) => {
    const silent = { command: process.execPath, args: ['-e', 'process.stdin.resume()'] };
    configureServers(folder, {
      counter: counterEntry(),
      silent,
      shared: { ...silent, policy: 'shared' },
    });
    await start();
    for (const name of ['counter', 'silent', 'shared']) {
      expect((await runHoldfast(command, folder, 'servers', 'trust', name)).code).toBe(0);
    }
    const { code, stdout } = await runDoctor('--json');
    const { checks } = JSON.parse(stdout) as {
      checks: { name: string; result: string; detail: string; remedy: string }[];
    };
    expect(code).toBe(1);
    expect(checks.filter(({ result }) => result === 'not_run')).toEqual([]);
    const failed = checks.filter(({ result }) => result === 'failed');
    expect(failed.map(({ name }) => name)).toEqual(['servers']);
    expect(failed[0]?.detail).toContain('Server silent: ');
    expect(failed[0]?.detail).toContain('Server shared: ');
    expect(failed[0]?.detail).not.toContain('Server counter: ');
    expect(failed[0]?.remedy).toContain('Open Servers');
  });
});

describe('no Holdfast', () => {
  test('says that none is running and how to start one', async ({ folder, runDoctor }) => {
    const { code, output } = await runDoctor();
    expect(code).toBe(3);
    expect(output).toContain(`there is no ${folder}/endpoint.json`);
    expect(output).toContain('npm start');
    expect(output).toContain('HOLDFAST_DATA_DIR');
    expect(output).not.toContain('    at ');
  });

  test('says it to programs too', async ({ runDoctor }) => {
    const { code, stdout } = await runDoctor('--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, code: 'unreachable' });
    expect(JSON.parse(stdout).problem).toContain('No Holdfast is running');
  });

  test('notices that a killed one left its endpoint.json', async ({ runDoctor, startOther }) => {
    (await startOther(() => undefined)).stop();
    const { code, output } = await runDoctor();
    expect(code).toBe(3);
    expect(output).toMatch(/^✗ FAILED health: no answer to GET \/api\/mcp\/health: .*ECONNREFUSED/m);
    expect(output).toMatch(/^– session: not run/m);
  });

  test.for(['http://203.0.113.7:8181', 'https://127.0.0.1:8181', 'not an address'])(
    'sends nothing to %s, which is no Holdfast of this machine',
    async (url, { folder, runDoctor }) => {
      writeEndpoint(folder, { url });
      const { code, output } = await runDoctor();
      expect(code).toBe(1);
      expect(output).toContain('does not name a Holdfast of this machine');
      expect(output).not.toContain('health');
    },
  );

  test('explains an option it does not know', async ({ runDoctor }) => {
    const { code, output } = await runDoctor('--fast');
    expect(code).toBe(2);
    expect(output).toContain('Usage: holdfast doctor');
  });
});

describe('something else on the port', () => {
  test.for([
    ['text', 'hello'],
    ['JSON of its own', '{"status":"ok"}'],
    ['null', 'null'],
  ] as const)(
    'is told from Holdfast by its answer (%s), and never sees the admin key',
    async ([_, answer], { runDoctor, startOther }) => {
      const other = await startOther((_req, res) => res.end(answer));
      const { code, stdout } = await runDoctor('--json');
      expect(code).toBe(1);
      const { ok, checks } = JSON.parse(stdout);
      expect(ok).toBe(false);
      expect(checks[0]).toMatchObject({ name: 'health', result: 'failed' });
      expect(checks[0].detail).toContain('it is not Holdfast');
      expect(checks.slice(1).map(({ result }: { result: string }) => result)).not.toContain('failed');
      expect(other.seen.map((req) => req.headers.authorization)).toEqual([undefined]);
    },
  );

  test('is abandoned when it never answers', async ({ runDoctor, startOther }) => {
    await startOther(() => undefined);
    const { code, output } = await runDoctor();
    expect(code).toBe(3);
    expect(output).toMatch(/^✗ FAILED health: no answer/m);
  });

  test('may call itself Holdfast: what it does wrong is named, and what it echoes is not a secret', async ({
    runDoctor,
    startOther,
  }) => {
    const health = { status: 'ok', name: 'Holdfast', version: '0.1.0', started_at: 0, uptime_ms: 5 };
    await startOther((req, res) => {
      res.statusCode = req.url === '/api/mcp/health' ? 200 : 418;
      res.end(JSON.stringify(res.statusCode === 200 ? health : { detail: req.headers.authorization ?? 'tea' }));
    });
    const { code, output } = await runDoctor();
    expect(code).toBe(1);
    expect(output).toMatch(/^✓ health/m);
    expect(output).toMatch(/^✗ FAILED key needed: the answer was 418 instead of 401: tea/m);
    expect(output).toMatch(/^✗ FAILED client key: .*Bearer \(secret\)/m);
    expect(output).not.toContain(ADMIN_KEY);
  });
});
