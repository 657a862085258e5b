import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished } from 'vitest';
import { readSettings } from '#src/main/settings';
import { startSupervisor } from '#src/main/supervisor';
import { invokeMethod } from '#src/main/window-api/router';
import { runHoldfast } from '#tests/integration/cli/support';
import { bundleForNode } from '#tests/support/bundle';
import { folderTest as test } from '#tests/support/fixtures';
import { MANIFEST_KEY, signedManifest } from '#tests/support/manifests';
import { HEADLESS, HOLDFAST } from '#tests/support/paths';
import { visibleErrors } from '#tests/support/visible-errors';
import { updateSource } from '../../../scripts/package/update-source.mjs';

describe('in a whole Holdfast', () => {
  const start = async (folder: string, updateKey?: string) => {
    const supervisor = await startSupervisor({
      settings: readSettings({ HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: '0' }),
      version: '0.1.0',
      uiFolder: folder,
      environment: {},
      home: folder,
      ...(updateKey === undefined ? {} : { updateKey }),
    });
    onTestFinished(() => supervisor.stop());
    const call = async (method: string, input: object = {}) => {
      const answer = await invokeMethod(supervisor.handlers, method, input, (error) => {
        throw error;
      });
      return answer.ok ? answer.value : answer.error;
    };
    return { supervisor, call };
  };

  test('the window switches it on, is told, and is told again after a restart', async ({ folder }) => {
    const server = createServer((_req, res) => void res.end(signedManifest(Date.now()))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const first = await start(folder, MANIFEST_KEY);
    expect(await first.call('updates.get')).toMatchObject({ enabled: false, possible: true });
    expect(await first.call('updates.set', { enabled: true, address })).toMatchObject({ enabled: true, address });
    expect(await first.call('updates.check')).toMatchObject({ newer: { version: '9.0.0' } });
    expect(first.supervisor.services.info().notices).toEqual([expect.stringMatching(/^Holdfast 9\.0\.0 .*git pull/)]);
    await first.supervisor.stop();

    const next = await start(folder, MANIFEST_KEY);
    expect(next.supervisor.services.info().notices).toEqual([expect.stringContaining('Holdfast 9.0.0')]);
    expect(await next.call('updates.set', { enabled: false })).toMatchObject({ enabled: false, address });
    expect(next.supervisor.services.info().notices).toEqual([]);
  });

  test('a build without a key says so, and bad input is refused in a sentence', async ({ folder }) => {
    const { call } = await start(folder);
    expect(await call('updates.get')).toMatchObject({ possible: false });
    expect(await call('updates.set', { enabled: true, address: 'https://example.com/' })).toMatchObject({
      code: 'invalid_input',
    });
    expect(await call('updates.set', { enabled: true, more: 1 })).toMatchObject({ code: 'invalid_input' });
    expect(await call('startup.get')).toMatchObject({ enabled: false, possible: false });
    expect(await call('startup.set', { enabled: true })).toMatchObject({ code: 'invalid_input' });
  });
});

describe('a build with a key and an address', () => {
  test('is off until it is switched on, then says what is new', { timeout: 120_000 }, async ({ folder }) => {
    const server = createServer((_req, res) => void res.end(signedManifest(Date.now()))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/updates.json`;
    const define = updateSource({ HOLDFAST_UPDATE_KEY: MANIFEST_KEY, HOLDFAST_UPDATE_ADDRESS: address });
    const [program, command] = await Promise.all([bundleForNode(HEADLESS, define), bundleForNode(HOLDFAST)]);
    onTestFinished(() => {
      program.remove();
      command.remove();
    });
    const env = { PATH: process.env.PATH ?? '', HOME: folder, HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: '0' };
    const holdfast = visibleErrors(spawn(process.execPath, [program.file], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    onTestFinished(async () => {
      if (holdfast.exitCode === null && holdfast.kill('SIGTERM')) await once(holdfast, 'exit');
    });
    await once(holdfast.stdout, 'data');
    const run = (...args: string[]) => runHoldfast(command.file, folder, 'updates', ...args);
    expect((await run()).stdout).toContain(`Off. Address: ${address}.`);
    expect((await run('on')).stdout).toContain(`On: looks once a day at ${address}.`);
    const checked = await run('check');
    expect(checked.code).toBe(0);
    expect(checked.stdout).toContain('Holdfast 9.0.0 is available.\n  - One thing.\nTo update: ');
    expect(await run('address', 'https://127.0.0.1:1/')).toMatchObject({ code: 0 });
    expect(await run('check')).toMatchObject({ code: 1, stdout: expect.stringContaining('The server of updates') });
    expect((await run('address', 'none')).stdout).toContain(`Address: ${address}.`);
  });

  test.for([
    [{ HOLDFAST_UPDATE_KEY: 'c2hvcnQ' }, 'is not 32 bytes'],
    [{ HOLDFAST_UPDATE_KEY: 'not base64!' }, 'is not base64url'],
    [{ HOLDFAST_UPDATE_ADDRESS: 'https://example.com/' }, 'without HOLDFAST_UPDATE_KEY'],
    [{ HOLDFAST_UPDATE_KEY: MANIFEST_KEY, HOLDFAST_UPDATE_ADDRESS: 'http://example.com/' }, 'begin with https://'],
  ] as const)('is not made of %j', ([env, sentence]) => {
    expect(() => updateSource(env)).toThrow(sentence);
  });

  test('that has neither is what the sources are', () => {
    expect(Object.values(updateSource({}))).toEqual(['null', 'null']);
  });
});
