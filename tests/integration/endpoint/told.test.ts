import { describe, expect } from 'vitest';
import { hostTest as test } from '#tests/support/hosts/test-host';

const NOTIFICATIONS = '/api/mcp/notifications';
const PRIVACY = '/api/mcp/privacy';

describe('notifications over REST', () => {
  test('are shown and changed, for the admin key alone', async ({ admin, api, nobody, host }) => {
    const usual = { off: [], quiet_hours: null, paused_until: null, webhook_host: null };
    expect(await admin.get(NOTIFICATIONS)).toMatchObject({ status: 200, body: usual });
    const quiet_hours = { from: '22:30', to: '07:00' };
    const change = { off: ['server_down'], quiet_hours, webhook: 'http://127.0.0.1:9/secret-part' };
    const { status, body } = await admin.send('PATCH', NOTIFICATIONS, change);
    expect({ status, body }).toEqual({
      status: 200,
      body: { off: ['server_down'], quiet_hours, paused_until: null, webhook_host: '127.0.0.1:9' },
    });
    expect(host.services.alerts.webhook).toBe('http://127.0.0.1:9/secret-part');
    expect((await admin.get(NOTIFICATIONS)).body).toEqual(body);
    for (const [caller, refusal] of [
      [api, 403],
      [nobody, 401],
    ] as const) {
      expect((await caller.get(NOTIFICATIONS)).status).toBe(refusal);
      expect((await caller.send('PATCH', NOTIFICATIONS, { off: [] })).status).toBe(refusal);
    }
  });

  test.for([
    [{ quiet_hours: { from: '25:00', to: '07:00' } }, 'write a time of day as 22:30'],
    [{ off: ['everything'] }, 'See /api/docs.'],
    [{ webhook: 'http://example.com/' }, 'give an https:// address'],
    [{ of: [] }, 'See /api/docs.'],
    [{ paused_until: Number.MAX_SAFE_INTEGER }, 'give a time before the year 275760'],
  ] as const)('refuse %j and change nothing', async ([change, sentence], { admin }) => {
    const { status, body } = await admin.send('PATCH', NOTIFICATIONS, change);
    expect(status).toBe(400);
    expect(body.detail).toContain(sentence);
    expect((await admin.get(NOTIFICATIONS)).body).toMatchObject({ off: [], quiet_hours: null, webhook_host: null });
  });
});

test('the start at login and updates say over REST why they are not possible', async ({ admin, api }) => {
  const startup = await admin.get('/api/mcp/startup');
  expect(startup.body).toMatchObject({ enabled: false, possible: false, note: expect.any(String), tray: null });
  expect((await admin.send('PUT', '/api/mcp/startup', { enabled: true })).body.detail).toBe(startup.body.note);
  const updates = await admin.get('/api/mcp/updates');
  expect(updates.body).toMatchObject({ enabled: false, possible: false, newer: null, how: expect.any(String) });
  const refused = await admin.send('PUT', '/api/mcp/updates', { enabled: true, address: 'https://example.com/' });
  expect(refused).toMatchObject({ status: 400, body: { detail: updates.body.note } });
  expect((await admin.post('/api/mcp/updates/check', {})).status).toBe(400);
  for (const route of ['/api/mcp/startup', '/api/mcp/updates']) {
    expect((await api.get(route)).status).toBe(403);
    expect((await api.send('PUT', route, { enabled: false })).status).toBe(403);
  }
});

describe('what is kept, over REST', () => {
  test('is measured, counted and deleted', async ({ admin, api, host, holder }) => {
    const ended = host.newSession(holder).session.session_id;
    await api.delete(`/api/mcp/sessions/${ended}`);
    const { body: kept } = await admin.get(PRIVACY);
    expect(kept.total_bytes).toBeGreaterThan(0);
    expect(kept.areas).toContainEqual(expect.objectContaining({ name: 'history', kept: '400 days', days: 400 }));
    const deletion = { what: 'ended_sessions' };
    const preview = await admin.post(`${PRIVACY}/preview`, deletion);
    expect(preview).toMatchObject({ status: 200, body: { sessions: 1, history: 0 } });
    expect((await admin.get(`/api/mcp/sessions/${ended}`)).status).toBe(200);
    expect((await admin.post(`${PRIVACY}/delete`, deletion)).body).toEqual(preview.body);
    expect((await admin.get(`/api/mcp/sessions/${ended}`)).status).toBe(404);
  });

  test('is deleted for the admin key alone, and only what is named', async ({ admin, api }) => {
    expect((await api.get(PRIVACY)).status).toBe(403);
    expect((await api.post(`${PRIVACY}/delete`, { what: 'history' })).status).toBe(403);
    for (const wrong of [
      {},
      { what: 'all' },
      { what: 'older' },
      { what: 'older', days: 0 },
      { what: 'history', x: 1 },
    ]) {
      const { status, body } = await admin.post(`${PRIVACY}/delete`, wrong);
      expect({ status, detail: body.detail }).toEqual({
        status: 400,
        detail: expect.stringContaining('See /api/docs.'),
      });
    }
  });
});
