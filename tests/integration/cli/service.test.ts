import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { launchdPlist, MADE_BY, type ServiceCommand, systemdUnit } from '#src/main/cli/service/service-files';
import { serviceManager } from '#src/main/cli/service/service-manager';
import { findCommand } from '../../../scripts/runtime/files/paths.mjs';
import { cliTest, runHoldfast } from './support';

const run = promisify(execFile);
const test = cliTest
  .extend('file', ({ folder }) => join(folder, '.config/systemd/user/holdfast.service'))
  .extend(
    'service',
    ({ command, folder }) =>
      (...args: string[]) =>
        runHoldfast(command, folder, 'service', ...args),
  );

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

const value = fc.oneof(
  fc.stringMatching(/^[ -~]{1,20}$/),
  fc.constantFrom('%h', '$HOME', '"', "'", '\\', '\\n', ' ', ';', '#', 'ü', '&lt;', ']]>', '-->'),
);

describe.skipIf(process.platform !== 'linux')('the systemd unit', () => {
  test.skipIf(!findCommand(['systemd-analyze']))(
    'is one, whatever its paths are',
    { timeout: 60_000 },
    async ({ folder }) => {
      const program = join(folder, 'my $apps 100%', 'holdfast');
      mkdirSync(dirname(program));
      writeFileSync(program, '#!/bin/sh\n');
      chmodSync(program, 0o755);
      const file = join(folder, 'holdfast.service');
      const env = { ...process.env, XDG_RUNTIME_DIR: folder };
      const verify = () => run('systemd-analyze', ['verify', '--user', file], { env });
      await fc.assert(
        fc.asyncProperty(fc.array(value), fc.array(value), async (args, values) => {
          const all = Object.fromEntries(values.map((text, index) => [`V${index}`, text]));
          writeFileSync(file, systemdUnit({ program, args, env: all }));
          expect(await verify()).toEqual({ stdout: '', stderr: '' });
        }),
        { numRuns: 25 },
      );
      // It does find what is wrong.
      writeFileSync(file, systemdUnit({ program, args: [], env: {} }).replace('KillMode=process', 'KillMode=nobody'));
      expect((await verify()).stderr).toContain('kill mode');
      writeFileSync(file, systemdUnit({ program: `${program}-gone`, args: [], env: {} }));
      await expect(verify()).rejects.toThrow('not executable');
    },
  );

  test('says of what it cannot hold what to do', () => {
    expect(() => systemdUnit({ program: `/a"b`, args: [], env: {} })).toThrow('plain name');
    expect(() => systemdUnit({ program: '/a', args: ['b\nExecStart=/c'], env: {} })).toThrow('control character');
    expect(() => launchdPlist({ program: '/a', args: [], env: { A: '\u0000' } })).toThrow('control character');
  });
});

test.skipIf(!findCommand(['python3']))('the property list is one, and says what it was given', async ({ folder }) => {
  const file = join(folder, 'x.plist');
  const read = 'import json,plistlib,sys; print(json.dumps(plistlib.load(open(sys.argv[1],"rb"))))';
  await fc.assert(
    fc.asyncProperty(fc.array(value), fc.array(value), async (args, values) => {
      const env = Object.fromEntries(values.map((text, index) => [`V${index}`, text]));
      const given: ServiceCommand = { program: '/opt/a & b/<holdfast>', args, env };
      writeFileSync(file, launchdPlist(given));
      const plist = JSON.parse((await run('python3', ['-c', read, file])).stdout);
      expect(plist).toMatchObject({ ProgramArguments: [given.program, ...args], AbandonProcessGroup: true });
      expect(plist.EnvironmentVariables).toEqual(env);
      expect(plist.KeepAlive).toEqual({ SuccessfulExit: false });
    }),
    { numRuns: 15 },
  );
});

test('on Windows a sentence says what to do instead', () => {
  expect(() => serviceManager({}, 'win32')).toThrow('Start its app at login instead');
});

describe.skipIf(process.platform !== 'linux')('holdfast service', () => {
  test('without systemd writes the unit and leaves the commands to the user; twice is harmless', async ({
    service,
    file,
    folder,
  }) => {
    expect(await service('status')).toMatchObject({ code: 1, stdout: expect.stringContaining('There is no service') });
    const first = await service('install');
    expect(first.code).toBe(1);
    expect(first.stdout).toContain(`Wrote ${file}`);
    expect(first.stdout).toMatch(
      /Run this yourself:\n {2}systemctl --user daemon-reload\n {2}systemctl --user enable --now/,
    );
    const text = readFileSync(file, 'utf8');
    for (const line of ['KillMode=process', 'Restart=on-failure', 'StandardOutput=null', 'WantedBy=default.target']) {
      expect(text.split('\n')).toContain(line);
    }
    expect(text).toContain(`Environment="HOLDFAST_DATA_DIR=${folder}"`);

    const second = await service('install');
    expect(second.stdout).toContain('is as it should be');
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(JSON.parse((await service('status', '--json')).stdout)).toEqual({
      file,
      installed: true,
      current: true,
      running: false,
    });

    const removed = await service('remove');
    expect(removed.stdout).toContain(`data stay: ${folder}`);
    expect(existsSync(file)).toBe(false);
    expect(await service('remove')).toMatchObject({ code: 0, stdout: expect.stringContaining('There is no service') });
  });

  test('leaves a unit of somebody else alone', async ({ service, file }) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '[Service]\nExecStart=/bin/true\n');
    for (const what of ['install', 'remove']) {
      expect(await service(what)).toMatchObject({ code: 1, stderr: expect.stringContaining('somebody else') });
    }
    expect(readFileSync(file, 'utf8')).not.toContain(MADE_BY);
  });

  test('does not start a second Holdfast beside the one that runs', { timeout: 60_000 }, async ({ service, start }) => {
    await start();
    const { stdout } = await service('install');
    expect(stdout).toContain('holdfast quit && systemctl --user start holdfast.service');
    expect(stdout).not.toContain('--now');
  });
});
