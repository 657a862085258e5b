import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Told } from '#src/main/alerts/alert-book';
import type { Alert } from '#src/shared/contract/alert';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';
import { disposing } from '#tests/support/fixtures';
import { hostTest, type TestHost } from '#tests/support/hosts/test-host';
import { COUNTER } from '#tests/support/paths';
import { pass, startReceiver } from './support';

const test = hostTest.extend('receive', ({}, { onCleanup }) =>
  disposing(onCleanup, startReceiver, (receiver) => receiver.close()),
);

const pidOf = (host: TestHost) => host.services.servers.stateOf('one')?.instances.find(({ pid }) => pid !== null)?.pid;

/** A shared server that cannot start while the file `fail` is there. */
const configure = (folder: string) => {
  const env = { COUNTER_FAIL_WHILE: join(folder, 'fail') };
  const one = { command: process.execPath, args: [COUNTER], env, policy: 'shared' };
  writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { one } }), { mode: 0o600 });
};

test('a killed server that cannot come back is told, in the list and to the webhook, until it runs again', {
  timeout: 90_000,
}, async ({ folder, startHost, receive }) => {
  const clock = new FakeClock();
  configure(folder);
  const receiver = await receive((res) => void res.writeHead(204).end());
  const host = await startHost({ folder, clock, trustServers: true });
  const { alerts } = host.services;
  alerts.change({ webhook: receiver.url });
  await pass(clock, 20, () => typeof pidOf(host) === 'number');

  // One that comes back at once is nobody's business.
  const before = pidOf(host) ?? 0;
  process.kill(before, 'SIGKILL');
  await pass(clock, 20, () => ![undefined, null, before].includes(pidOf(host)));
  writeFileSync(join(folder, 'fail'), '');
  process.kill(pidOf(host) ?? 0, 'SIGKILL');
  await pass(clock, 100, () => receiver.bodies.length === 1);
  expect(alerts.list()).toMatchObject([{ kind: 'server_down', about: { server: 'one' }, ended_at: null }]);
  expect(JSON.parse(receiver.bodies[0] ?? '')).toMatchObject({ type: 'alert_opened', kind: 'server_down' });

  rmSync(join(folder, 'fail'));
  await pass(clock, 100, () => receiver.bodies.length === 2);
  expect(JSON.parse(receiver.bodies[1] ?? '')).toMatchObject({ type: 'alert_closed', about: { server: 'one' } });
  expect(alerts.list()).toMatchObject([{ ended_at: expect.any(Number) }]);
});

test('a session that dropped is told after two minutes, and not again over a restart; the list is for the admin', async ({
  folder,
  startHost,
}) => {
  const clock = new FakeClock();
  const host = await startHost({ folder, clock });
  const holder = host.newClient('Cursor');
  const { session, transportId } = host.newSession(holder);
  const heard: Alert[] = [];
  host.services.alerts.onTold(({ opened }) => heard.push(...opened));
  expect(await ask(host, host.adminKey)).toEqual({ status: 200, body: { alerts: [] } });

  host.services.manager.streamOpened(transportId)();
  clock.advance(2 * MINUTE);
  expect(host.services.manager.get(session.session_id, { kind: 'admin' }).status).toBe('disconnected');
  expect(heard).toEqual([]);
  clock.advance(MINUTE);
  const about = { session: session.session_id };
  expect(heard).toMatchObject([{ kind: 'session_dropped', about, ended_at: null }]);
  expect((await ask(host, host.adminKey)).body).toEqual({ alerts: heard });
  expect((await ask(host, holder.key)).status).toBe(403);
  await host.stop();

  const next = await startHost({ folder, clock });
  const { alerts, manager } = next.services;
  const again: Told[] = [];
  alerts.onTold((told) => again.push(told));
  clock.advance(HOUR);
  expect(again).toEqual([]);
  expect(alerts.list()).toEqual(heard);
  manager.close(session.session_id, { kind: 'admin' }, 'user');
  clock.advance(2 * SECOND);
  expect(again).toMatchObject([{ opened: [], closed: [{ id: heard[0]?.id, ended_at: expect.any(Number) }] }]);
});

test('settings are kept, and only the host of a webhook is ever shown', async ({ folder, startHost }) => {
  const clock = new FakeClock();
  const host = await startHost({ folder, clock });
  const quiet_hours = { from: '22:00', to: '07:00' };
  const shown = host.services.alerts.change({ webhook: 'https://example.com/secret-path', quiet_hours });
  expect(shown).toEqual({ off: [], quiet_hours, paused_until: null, webhook_host: 'example.com' });
  host.services.alerts.change({ off: ['login_needed'], paused_until: clock.now() + HOUR });
  await host.stop();
  const next = await startHost({ folder, clock });
  const { alerts } = next.services;
  expect(alerts.settings()).toMatchObject({ ...shown, off: ['login_needed'], paused_until: expect.any(Number) });
  clock.advance(HOUR);
  expect(alerts.settings().paused_until).toBe(null);
  expect(JSON.stringify(alerts.change({ webhook: null }))).not.toContain('example.com');
  expect(next.log()).not.toContain('secret-path');
});

async function ask({ url }: TestHost, key: string) {
  const answer = await fetch(`${url}/api/mcp/alerts`, { headers: { authorization: `Bearer ${key}` } });
  return { status: answer.status, body: await answer.json() };
}
