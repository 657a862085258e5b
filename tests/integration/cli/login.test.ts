import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { startRotatingServer } from '#tests/support/login/rotating-server';
import { cliTest, configureServers, environment, runHoldfast } from './support';

/* `holdfast servers login`, as over SSH: the browser is somewhere else. */

const test = cliTest
  .extend('authorization', async ({}, { onCleanup }) => {
    const server = await startRotatingServer();
    onCleanup(() => server.close());
    return server;
  })
  .extend('protected', async ({ authorization }, { onCleanup }) => {
    const server = await startProtectedServer({ authorization: [authorization] });
    onCleanup(() => server.close());
    return server;
  });

test.beforeAll(({ command, program }) => void [command, program], 60_000);

test('says where to log in, takes the address that a browser elsewhere ended at, and logs out again', {
  timeout: 60_000,
}, async ({ folder, command, start, protected: server }) => {
  configureServers(folder, { notes: { url: server.url } });
  await start();
  const login = spawn(process.execPath, [command, 'servers', 'login', 'notes', '--no-browser'], {
    env: environment(folder),
  });
  const lines: string[] = [];
  const address = new Promise<string>((resolve) => {
    createInterface({ input: login.stdout }).on('line', (line) => {
      lines.push(line);
      if (line.trim().startsWith('http')) resolve(line.trim());
    });
  });
  const { headers } = await fetch(await address, { redirect: 'manual' });
  login.stdin.write(`not an address\n${headers.get('location')}\n`);
  const [code] = await once(login, 'exit');
  expect(lines.join('\n')).toContain(`Log in to notes at ${new URL(await address).host}:`);
  expect(lines).toContain('Not an address. Paste the whole one, from "http" on:');
  expect(lines.at(-1)).toBe('You are logged in.');
  expect(code).toBe(0);
  const out = await runHoldfast(command, folder, 'servers', 'logout', 'notes');
  expect(out).toMatchObject({ code: 0, stdout: 'You are logged out of notes; its tokens are forgotten.\n' });
  const listed = await runHoldfast(command, folder, 'servers');
  expect(listed.code).toBe(1);
  expect(listed.stdout).toMatch(/notes +NEEDS A LOGIN +.*\(holdfast servers login notes\)/);
});
