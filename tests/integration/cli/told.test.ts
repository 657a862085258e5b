import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect } from 'vitest';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { cliTest, environment, type Outcome, readEndpoint } from './support';

const test = cliTest.extend(
  'answer',
  ({ folder, command }) =>
    async (typed: string, ...args: string[]): Promise<Outcome> => {
      const child = spawn(process.execPath, [command, ...args], { env: environment(folder), stdio: 'pipe' });
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (text) => (stdout += text));
      child.stderr.on('data', (text) => (stderr += text));
      child.stdin.end(typed);
      const [code] = await once(child, 'close');
      return { code, stdout, stderr };
    },
);

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

test('notifications are listed and changed, and a webhook comes by standard input', { timeout: 60_000 }, async ({
  start,
  run,
  answer,
}) => {
  await start();
  const list = await run('notifications');
  expect(list.code).toBe(0);
  expect(list.stdout).toMatch(/^server_down +on$/m);
  expect(list.stdout).toMatch(/^Quiet hours +none$/m);
  expect((await run('notifications', 'off', 'server-down')).stdout).toMatch(/^server_down +off$/m);
  expect((await run('notifications', 'off', 'call_held')).stdout).toMatch(/^server_down +off$/m);
  expect((await run('notifications', 'on', 'all')).stdout).not.toMatch(/ off$/m);
  expect((await run('notifications', 'quiet', '22:30', '7:00')).stdout).toMatch(/^Quiet hours +22:30 to 07:00$/m);
  expect((await run('notifications', 'pause', '30')).stdout).toMatch(/^Paused +until \d{4}-\d\d-\d\d \d\d:\d\d$/m);
  const saved = await answer('http://127.0.0.1:9/secret-part\n', 'notifications', 'webhook', 'set', '--json');
  expect(JSON.parse(saved.stdout)).toMatchObject({
    ok: true,
    notifications: { quiet_hours: { from: '22:30', to: '07:00' }, webhook_host: '127.0.0.1:9' },
  });
  expect(saved.stdout + saved.stderr).not.toContain('secret-part');
  expect(await answer('', 'notifications', 'webhook', 'set')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Nothing was changed.'),
  });
  expect(await answer('ftp://x\n', 'notifications', 'webhook', 'set')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('give an https:// address'),
  });
  // Nothing listens there.
  const failed = await run('notifications', 'test');
  expect(failed.code).toBe(1);
  expect(failed.stdout).toMatch(/^Notification +none: this Holdfast runs without a window\nWebhook +FAILED: it .+\n$/);
  await run('notifications', 'resume');
  await run('notifications', 'quiet', 'off');
  const last = await run('notifications', 'webhook', 'off');
  expect(await run('notifications', 'test')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Webhook +none$/m),
  });
  expect(last.stdout).toMatch(/^Quiet hours +none\nPaused +no\nWebhook +none$/m);
});

test('updates of a build without a key are off and say so', { timeout: 60_000 }, async ({ start, run }) => {
  await start();
  const status = await run('updates');
  expect(status).toMatchObject({ code: 0, stderr: '' });
  expect(status.stdout).toContain('no release key');
  expect(status.stdout).toMatch(/^To update: /m);
  expect(await run('updates', 'on')).toMatchObject({ code: 1, stderr: expect.stringContaining('no release key') });
  expect(JSON.parse((await run('updates', '--json')).stdout)).toMatchObject({ ok: true, updates: { possible: false } });
  expect(await run('updates', 'off')).toMatchObject({ code: 0 });
});

test('what is kept is listed, and deleted only when that was confirmed', { timeout: 60_000 }, async ({
  start,
  run,
  answer,
  folder,
}) => {
  await start();
  const list = await run('privacy');
  expect(list.stdout).toMatch(/^WHAT +KEPT FOR +AT MOST +TODAY$/m);
  expect(list.stdout).toMatch(/^History for the charts +400 days +16 MiB +\d+ [kM]B$/m);
  expect((await run('settings', 'get', 'activity_mib')).stdout).toMatch(/activity_mib = 128 MiB.*Today: \d+ kB\./s);
  expect(JSON.parse((await run('privacy', '--json')).stdout)).toMatchObject({ ok: true, areas: expect.any(Array) });

  // A start leaves events; those of a session come with its client.
  await endedSession(folder);
  const asked = await run('privacy', 'delete', 'ended-sessions');
  expect(asked).toMatchObject({ code: 1, stdout: '' });
  expect(asked.stderr).toMatch(
    /Ended sessions: 1 ended session, \d+ events?, \d+ messages? that (?:was|were) called\. This cannot be undone\./,
  );
  expect(asked.stderr).toContain('Nothing was deleted. Answer "yes", or give --yes.');
  expect(await answer('no\n', 'privacy', 'delete', 'ended-sessions')).toMatchObject({ code: 1 });
  const done = await answer('yes\n', 'privacy', 'delete', 'ended-sessions');
  expect(done).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^Deleted: 1 ended session, \d+ events?, \d+ messages? that (?:was|were) called\./),
  });
  expect((await run('privacy', 'delete', 'ended-sessions')).stdout).toBe('There was nothing to delete.\n');
  const json = await run('privacy', 'delete', 'older', '7', '--yes', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: true, deleted: { sessions: 0 } });
});

describe('wrong usage needs no Holdfast to be told', () => {
  test.for([
    [['notifications', 'off', 'server_dwn'], 'There is no kind "server_dwn". Did you mean "server_down"?'],
    [['notifications', 'off'], 'Name a kind of problem, or say all.'],
    [['notifications', 'quiet', '22:30'], 'Say from when to when'],
    [['notifications', 'quiet', 'late', '07:00'], '"late" is not a time of day.'],
    [['notifications', 'pause', '0'], 'Say for how many minutes, from 1 to 10080.'],
    [['notifications', 'webhook', 'https://x.example/'], 'Say "webhook set" or "webhook off".'],
    [['notifications', 'mute'], 'There is no "notifications mute".'],
    [['updates', 'now'], 'There is no "updates now".'],
    [['updates', 'address'], 'Say the address, or none.'],
    [['updates', 'on', 'x'], '"x" is one word too many.'],
    [['privacy', 'delete'], 'Say what: activity, contents, history, ended-sessions or older DAYS.'],
    [['privacy', 'delete', 'all'], '"all" is not activity, contents, history, ended-sessions or older.'],
    [['privacy', 'delete', 'older', '0'], 'Say how many days old, from 1 to 400.'],
    [['privacy', 'delete', 'history', '7'], '"7" is one word too many.'],
  ] as const)('%j', async ([args, sentence], { run }) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});

/** A session that was used and then ended. */
async function endedSession(folder: string): Promise<void> {
  const { url, admin_key } = readEndpoint(folder);
  const headers = { authorization: `Bearer ${admin_key}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'laptop', type: 'other' });
  const created = await fetch(`${url}/api/mcp/clients`, { method: 'POST', headers, body });
  const { client_key } = (await created.json()) as { client_key: string };
  const client = new McpHttp({ url: `${url}/mcp` }, client_key);
  await client.initialize();
  await client.call('session_info');
  const listed = await fetch(`${url}/api/mcp/sessions`, { headers });
  const { sessions } = (await listed.json()) as { sessions: { session_id: string }[] };
  const ended = await fetch(`${url}/api/mcp/sessions/${sessions[0]?.session_id}`, { method: 'DELETE', headers });
  expect(ended.ok).toBe(true);
}

test('telemetry is set, tested and read, and values of headers come by standard input', { timeout: 60_000 }, async ({
  start,
  run,
  answer,
}) => {
  const { url } = await start();
  expect((await run('telemetry')).stdout).toBe('OTLP: off. Address: none.\nMetrics: off.\n');
  const typed = 'canary-one\ncanary-two\n';
  const set = ['telemetry', 'otlp', 'http://127.0.0.1:9', '--header', 'x-key', '--header', 'x-team'];
  const said = await answer(typed, ...set);
  expect(said.stdout).toMatch(/^OTLP: sent to http:\/\/127\.0\.0\.1:9\.\n {2}Headers: x-key, x-team$/m);
  expect(said.stdout + said.stderr).not.toContain('canary');
  expect(await answer('only-one\n', ...set)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/no value for x-team/),
  });
  expect(await run('telemetry', 'test')).toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/refuses connections/),
  });
  expect((await run('telemetry', 'otlp', 'off')).stdout).toMatch(/^OTLP: off\. Address: http:\/\/127\.0\.0\.1:9\.$/m);
  const made = await run('telemetry', 'metrics', 'on');
  const key = /^Key, shown only once: (hfm_\S+)$/m.exec(made.stdout)?.[1];
  const metrics = await fetch(`${url}/metrics`, { headers: { Authorization: `Bearer ${key}` } });
  expect(await metrics.text()).toContain('holdfast_sessions{status="active"} 0');
  expect((await run('telemetry', '--json')).stdout).not.toContain(String(key));
  expect((await run('telemetry', 'metrics', 'off')).stdout).toBe('Metrics: off. The key is no longer valid.\n');
  for (const wrong of [['nonsense'], ['otlp'], ['metrics'], ['metrics', 'perhaps'], ['test', 'x']]) {
    expect((await run('telemetry', ...wrong)).code, wrong.join(' ')).toBe(2);
  }
});
