import { expect } from 'vitest';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { FakeClock } from '#tests/support/fake-clock';
import { hostTest as test } from '#tests/support/hosts/test-host';

test('the window is told when a key that belongs to nobody arrives, and never which', async ({ startHost }) => {
  const clock = new FakeClock();
  const host = await startHost({ clock });
  const ticket = new URL(host.createSignInLink()).hash.replace('#ticket=', '');
  const { body } = await new Api(host, null).post(WEB.signIn, { ticket });
  const window = new Api(host, body.token);
  const listed = async () => (await window.post(`${WEB.rpc}/clients.list`, {})).body.value;
  const mcp = (key: string | null) => new Api(host, key).post('/mcp', { jsonrpc: '2.0', id: 1, method: 'ping' });

  await mcp(host.newClient().key);
  expect((await mcp(null)).status).toBe(401);
  expect((await listed()).unknown_key_at).toBeNull();

  const stranger = `hf_${'x'.repeat(43)}`;
  const at = host.services.clock.now();
  expect((await mcp(stranger)).status).toBe(401);
  const answer = await listed();
  expect(answer.unknown_key_at).toBe(at);
  expect(JSON.stringify(answer) + host.log()).not.toContain(stranger);
});
