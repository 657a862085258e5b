import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect } from 'vitest';
import { cliTest, configureServers, counterEntry, editorAt, environment } from './support';

/** `holdfast activity` against a Holdfast in a process of its own, with a real client and a real server. */

const test = cliTest.extend('client', async ({ folder, start }) => {
  configureServers(folder, { counter: { ...counterEntry(), longCalls: 'on' } });
  return editorAt(await start(0, { HOLDFAST_TRUST_SERVERS: '1' }));
});

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

describe('holdfast activity', () => {
  test('lists what was called, and what failed with its reason', async ({ client, run }) => {
    await client.call('session_info', { session_id: 's_AAAAAAAAAAAAAAAAAAAAAA' });
    await client.call('health_check');
    const all = await run('activity');
    expect(all.code).toBe(0);
    expect(all.stdout).toMatch(/holdfast\s+tools\/call session_info\s+\d+ ms\s+tool error\s+\w+/);
    expect(all.stdout).toMatch(/tools\/call health_check\s+\d+ ms\s+ok$/m);
    const failed = await run('activity', '--failed', '--json');
    expect(JSON.parse(failed.stdout)).toMatchObject({
      ok: true,
      activity: [{ name: 'session_info', outcome: 'tool_error' }],
    });
    const sought = await run('activity', '--query', 'tool:session_info -outcome:ok', '--json');
    expect(JSON.parse(sought.stdout)).toMatchObject({ activity: [{ name: 'session_info' }] });
    const unknown = await run('activity', '--query', 'colour:red');
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no “colour:”') });
    const none = await run('activity', '--server', 'nobody');
    expect(none.stdout).toBe('Nothing was called that fits.\n');
  });

  test('counts what failed by kind', async ({ client, run }) => {
    for (const last of 'AQgwA') await client.call('session_info', { session_id: `s_AAAAAAAAAAAAAAAAAAAAA${last}` });
    expect((await run('status')).stdout).toMatch(
      /^Calls: +5 calls of session_info of Holdfast failed in the last hour\./m,
    );
    const { code, stdout } = await run('activity', '--groups');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d failed, of one kind:\n\d ×\s+holdfast\s+tools\/call session_info\s+tool error\s+\w+/);
    const json = JSON.parse((await run('activity', '--groups', '--json')).stdout);
    expect(json).toMatchObject({ ok: true, kinds: 1, groups: [{ name: 'session_info', outcome: 'tool_error' }] });
    expect(json.groups[0].count).toBe(json.failed);
    expect((await run('activity', '--groups', '--server', 'nobody')).stdout).toBe('Nothing failed that fits.\n');
    expect((await run('activity', '--groups', '--limit', '201')).stderr).toContain('from 1 to 200');
    expect((await run('activity', '--groups', '--follow')).code).toBe(2);
  });

  test.for([
    ['--limit', '0'],
    ['--limit', 'many'],
    ['--limit', '1001'],
  ])('refuses %s %s', async (args, { run }) => {
    const { code, stderr } = await run('activity', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain('--limit is a whole number from 1 to 1000.');
  });

  test('follows what is called from now on', async ({ client, command, folder }) => {
    await client.call('health_check');
    const child = spawn(process.execPath, [command, 'activity', '--follow', '--json', '--text', 'list_sessions'], {
      env: environment(folder),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      const says = createInterface({ input: child.stderr });
      await once(says, 'line');
      await client.call('list_sessions');
      const [line] = await once(createInterface({ input: child.stdout }), 'line');
      expect(JSON.parse(String(line))).toMatchObject({ name: 'list_sessions', method: 'tools/call' });
      child.kill('SIGINT');
      expect((await once(child, 'exit'))[0]).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('holdfast calls', () => {
  test('lists what runs, says how long a client waits, and cancels what became a handle', async ({ client, run }) => {
    expect((await run('calls')).stdout).toBe('No call is running, and none became a handle.\n');
    expect((await run('calls', 'patience')).stdout).toMatch(/^Editor\s+waits 60 s\s+the usual time$/m);
    expect((await run('calls', 'patience', 'Editor', '2')).stdout).toMatch(
      /^Editor\s+waits 2 s\s+set by hand; otherwise 60 s, the usual time$/m,
    );
    expect(await run('calls', 'patience', 'Editor', '1')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('2 seconds'),
    });
    expect((await run('calls', 'patience', 'Editor', 'usual')).stdout).toMatch(
      /^Editor\s+waits 60 s\s+the usual time$/m,
    );
    await run('calls', 'patience', 'Editor', '2');
    expect((await run('calls', 'patience', 'Nobody', '9')).stderr).toContain('There is no client named "Nobody".');
    const given = await client.call('counter__hang');
    expect(given.content[0].text).toMatch(/^Still running after 2 s\./);
    const { stdout } = await run('calls');
    expect(stdout).toMatch(/^Answered with a handle:\n\s+\d+\s+counter__hang\s+Editor\s+\d+ s\s+running/m);
    const [, id = ''] = /(\d+)\s+counter__hang/.exec(stdout) ?? [];
    expect((await run('calls', 'cancel', id)).stdout).toBe(`Call ${id} is cancelled.\n`);
    expect(await run('calls', 'cancel', id)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The call is over'),
    });
    expect(JSON.parse((await run('calls', '--json')).stdout)).toMatchObject({
      ok: true,
      handed_out: [{ state: 'cancelled' }],
    });
    expect((await run('calls', 'cancel', 'all')).code).toBe(2);
  });
});
