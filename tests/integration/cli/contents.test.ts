import { describe, expect } from 'vitest';
import { cliTest, configureServers, counterEntry, editorAt } from './support';

/** `holdfast activity record` and `show` against a Holdfast in a process of its own. */

/** Commands of servers.json run unconfirmed. */
const TRUSTING = { HOLDFAST_TRUST_SERVERS: '1' };

const test = cliTest
  .extend('running', ({ folder, start }) => {
    configureServers(folder, { counter: counterEntry() });
    return start(0, TRUSTING);
  })
  .extend('client', ({ running }) => editorAt(running));

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

describe('holdfast activity record', () => {
  test('records for some minutes; show says what was in a message', async ({ client, run }) => {
    await client.call('health_check');
    const on = await run('activity', 'record', '--minutes', '5');
    expect(on).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Contents of everything are recorded for 5 min.'),
    });
    await client.call('counter__count', { ms: 1, password: 'hunter2' });
    const { activity } = JSON.parse((await run('activity', '--json')).stdout);
    const [before, after] = activity.slice(-2);
    const shown = await run('activity', 'show', String(after.activity_id));
    expect(shown.stdout).toContain('Arguments (1 value masked):');
    expect(shown.stdout).toContain('"password": "•••"');
    expect(shown.stdout).toMatch(/Result:\n\{\n {2}"content"/);
    expect((await run('activity', 'show', String(before.activity_id))).stdout).toContain(
      'were not recorded, or are gone',
    );
    const json = JSON.parse((await run('activity', 'show', String(after.activity_id), '--json')).stdout);
    expect(json).toMatchObject({ ok: true, activity: { name: 'counter__count' }, contents: { params: { masked: 1 } } });
    const off = await run('activity', 'record', '--off');
    expect(off.stdout).toBe('No contents are recorded.\n');
    const state = await run('activity', 'record', '--server', 'counter', '--json');
    expect(JSON.parse(state.stdout)).toEqual({ ok: true, servers: ['counter'], everything_left_ms: null });
    expect((await run('activity', 'record', '--server', 'counter', '--off')).stdout).toBe(
      'No contents are recorded.\n',
    );
  });

  test.for([
    [['record', '--minutes', '0'], 'a whole number from 1 to 240'],
    [['record', '--minutes', '9', '--off'], 'goes with neither'],
    [['record', 'it'], 'one word too many'],
    [['show'], 'Say which message'],
    [['show', 'x'], 'Say which message'],
    [['tell'], 'There is no "activity tell"'],
  ] as const)('refuses %j', async ([args, sentence], { run }) => {
    const { code, stderr } = await run('activity', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
  });

  test('outlives a kill, with what was recorded until then', async ({ running, start, client, run }) => {
    await run('activity', 'record', '--server', 'counter');
    await client.call('counter__count', { ms: 1 });
    // Reading writes what waits.
    const { activity } = JSON.parse((await run('activity', '--json', '--server', 'counter')).stdout);
    const { activity_id } = activity.at(-1);
    await client.call('counter__count', { ms: 2 });
    await running.kill();
    await start(0, TRUSTING);
    const { contents } = JSON.parse((await run('activity', 'show', String(activity_id), '--json')).stdout);
    expect(contents.params.json).toContain('"ms":1');
    const after = JSON.parse((await run('activity', '--json', '--server', 'counter')).stdout).activity;
    expect(after.length).toBeLessThanOrEqual(2);
    const state = await run('activity', 'record', '--server', 'counter', '--json');
    expect(JSON.parse(state.stdout).servers).toEqual(['counter']);
  });
});
