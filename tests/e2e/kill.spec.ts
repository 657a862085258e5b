import { startClient } from './support/client';
import { startHeadless } from './support/headless';
import { expect, test } from './support/holdfast';

interface SessionJson {
  session_id: string;
  status: string;
  reconnect_count: number;
  last_reconnect_cause: string | null;
}

test('a client goes on in its session after Holdfast was killed, and its token is still good', async ({ folder }) => {
  const first = await startHeadless({ folder });
  const key = await first.newKey('laptop');
  const client = await startClient({ url: `${first.url}/mcp`, key });
  const { session, reconnect_token } = (await client.call('session_info')).structuredContent ?? {};
  const { session_id } = session as SessionJson;
  await first.kill();

  const second = await startHeadless({ folder, port: first.port });
  try {
    // The same client object with its old id: nobody told it of the kill.
    const again = (await client.call('session_info')).structuredContent ?? {};
    expect(again.session).toMatchObject({ session_id, status: 'active', last_reconnect_cause: 'restored' });
    expect(again.session).toMatchObject({ reconnect_count: 1 });

    const fresh = again.reconnect_token;
    expect(fresh).not.toBe(reconnect_token);
    const answer = await fetch(`${second.url}/api/mcp/sessions/${session_id}/reconnect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ token: fresh }),
    });
    expect(await answer.json()).toMatchObject({ success: true, session_id, reconnect_count: 2 });
  } finally {
    client.kill();
    await second.stop();
  }
});

test('a token signed before the kill brings the session back after it', async ({ folder }) => {
  const first = await startHeadless({ folder });
  const key = await first.newKey('laptop');
  const client = await startClient({ url: `${first.url}/mcp`, key });
  const { session, reconnect_token } = (await client.call('session_info')).structuredContent ?? {};
  const { session_id } = session as SessionJson;
  client.kill();
  await first.kill();

  const second = await startHeadless({ folder });
  try {
    const answer = await fetch(`${second.url}/api/mcp/sessions/${session_id}/reconnect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ token: reconnect_token }),
    });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ success: true, session_id, reconnect_count: 1 });
  } finally {
    await second.stop();
  }
});
