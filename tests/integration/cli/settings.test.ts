import { describe, expect } from 'vitest';
import { SETTING_NAMES } from '#src/shared/model/setting-definitions';
import { cliTest, type Outcome, runHoldfast } from './support';

const test = cliTest.extend(
  'run',
  ({ folder, command }) =>
    (...args: string[]): Promise<Outcome> =>
      runHoldfast(command, folder, 'settings', ...args),
);

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

test('lists, shows, changes and resets, and a restart keeps what was set', { timeout: 60_000 }, async ({
  start,
  run,
}) => {
  const holdfast = await start(0, { HOLDFAST_PROCESSES: '12' });
  const list = await run();
  expect(list.code).toBe(0);
  const lines = list.stdout.trim().split('\n');
  expect(lines[0]).toMatch(/^NAME +VALUE +DEFAULT +FROM$/);
  expect(lines.slice(1).map((line) => line.split(' ')[0])).toEqual(SETTING_NAMES);
  expect(list.stdout).toMatch(/^retention_hours +24 +24 +default$/m);
  expect(list.stdout).toMatch(/^processes +12 +96 +HOLDFAST_PROCESSES$/m);

  expect((await run('set', 'retention-hours', '48')).stdout).toBe('retention_hours is 48 hours.\n');
  expect((await run('get', 'retention_hours')).stdout).toContain('retention_hours = 48 hours (saved)');
  expect((await run('set', 'secrets', 'file')).stdout).toBe('secrets is file after the next start of Holdfast.\n');
  await holdfast.stop();
  await start();
  expect((await run()).stdout).toMatch(/^retention_hours +48 +24 +saved$/m);
  expect((await run()).stdout).toMatch(/^secrets +file +keychain +saved$/m);
  expect((await run('reset', 'retention_hours')).stdout).toBe('retention_hours is 24 hours, its default.\n');

  const json = JSON.parse((await run('--json')).stdout);
  expect(json.ok).toBe(true);
  expect(json.settings).toHaveLength(SETTING_NAMES.length);
  expect(JSON.parse((await run('get', 'port', '--json')).stdout)).toMatchObject({
    ok: true,
    setting: { name: 'port', value: 0, origin: 'environment' },
  });

  expect((await run('reset', 'port')).stdout).toBe('Nothing is saved for port. HOLDFAST_PORT sets it to 0.\n');
  const refused = await run('set', 'port', '9000');
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain('Port is set by HOLDFAST_PORT. Change it there');
});

describe('wrong usage needs no Holdfast to be told', () => {
  test.for([
    [['set', 'retention_hour', '5'], 'There is no setting "retention_hour". Did you mean "retention_hours"?'],
    [['get', 'banana'], '"holdfast settings" lists all.'],
    [['get', 'toString'], 'There is no setting "toString".'],
    [['set', 'retention_hours', 'long'], 'enter a whole number from 1 to 720 (hours)'],
    [['set', 'closing', 'hide'], 'When the window is closed: choose keep_running (Keep running) or quit (Quit).'],
    [['set', 'retention_hours'], 'Name the setting and its new value.'],
    [['get'], 'Name the setting.'],
    [['reset', 'port', 'now'], '"now" is one word too many.'],
    [['toString'], 'There is no "settings toString".'],
  ] as const)('%j', async ([args, sentence], { run }) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });

  test('and without Holdfast it says how to start it, code 3', async ({ run }) => {
    expect(await run('list')).toMatchObject({ code: 3, stderr: expect.stringContaining('No Holdfast is running') });
  });
});
