import { expect } from 'vitest';
import { CheckContext } from '#src/main/doctor/check-context';
import { endpointChecks } from '#src/main/doctor/checks/endpoint-checks';
import { wrongKeyOfDoctor } from '#src/main/platform/wrong-key';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { FakeClock } from '#tests/support/fake-clock';
import { hostTest } from '#tests/support/hosts/test-host';

const test = hostTest.extend('watched', ({ startHost }) => async () => {
  const host = await startHost({ clock: new FakeClock() });
  const ticket = new URL(host.createSignInLink()).hash.replace('#ticket=', '');
  const { body } = await new Api(host, null).post(WEB.signIn, { ticket });
  const window = new Api(host, body.token);
  return {
    host,
    listed: async () => (await window.post(`${WEB.rpc}/clients.list`, {})).body.value,
    mcp: (key: string | null) => new Api(host, key).post('/mcp', { jsonrpc: '2.0', id: 1, method: 'ping' }),
  };
});
const STRANGER = `hf_${'x'.repeat(43)}`;

test('the window is told when a key that belongs to nobody arrives, and never which', async ({ watched }) => {
  const { host, listed, mcp } = await watched();
  await mcp(host.newClient().key);
  expect((await mcp(null)).status).toBe(401);
  expect((await listed()).unknown_key_at).toBeNull();

  const at = host.services.clock.now();
  expect((await mcp(STRANGER)).status).toBe(401);
  const answer = await listed();
  expect(answer.unknown_key_at).toBe(at);
  expect(JSON.stringify(answer) + host.log()).not.toContain(STRANGER);
});

test('the window is not told of the wrong key that the doctor sends', async ({ watched }) => {
  const { host, listed, mcp } = await watched();
  const { version } = (await new Api(host, null).get('/api/mcp/health')).body;
  const context = new CheckContext({ url: host.url, version, pid: process.pid, admin_key: host.adminKey });
  const found = new Map<string, unknown>();
  for (const { name, run } of endpointChecks) found.set(name, await run?.(context).catch((error: unknown) => error));
  expect(found.get('key needed')).toBe('401 without a key and with a wrong one');
  expect((await mcp(wrongKeyOfDoctor(host.adminKey))).status).toBe(401);
  expect((await listed()).unknown_key_at).toBeNull();

  // Nobody else can make such a key.
  expect((await mcp(wrongKeyOfDoctor(STRANGER))).status).toBe(401);
  expect((await listed()).unknown_key_at).toBe(host.services.clock.now());
});
