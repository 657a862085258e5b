import { describe, expect } from 'vitest';
import { Api } from '#tests/support/clients/api';
import { sharedHostTest as test } from '#tests/support/hosts/test-host';

const VISIBILITY = '/api/mcp/visibility';
const SETS = '/api/mcp/sets';
const tool = { server: 'git', kind: 'tool', name: 'push' };
const git = { server: 'git', kind: null, name: null };

describe('what clients see, over REST', () => {
  test('is changed for all and for one, and undone by what the answer gave', async ({ host, admin }) => {
    const { client_id } = host.newClient().client;
    const all = await admin.send('PATCH', VISIBILITY, { parts: [tool], shown: false });
    expect([all.status, all.body]).toEqual([200, { undo: [{ client_id: null, ...tool, shown: null }] }]);
    await admin.send('PATCH', VISIBILITY, { client_id, parts: [{ server: 'git' }], shown: false });
    const rules = async () => (await admin.get(VISIBILITY)).body.rules;
    expect(await rules()).toEqual([
      { client_id: null, ...tool, shown: false },
      { client_id, ...git, shown: false },
    ]);
    expect((await admin.get(`/api/mcp/clients/${client_id}/tools`)).body).toMatchObject({ set: null });
    const undone = await admin.send('PUT', `${VISIBILITY}/rules`, { rules: all.body.undo });
    expect(undone.body).toEqual({ undo: [{ client_id: null, ...tool, shown: false }] });
    await admin.send('PATCH', VISIBILITY, { client_id, parts: [git], shown: true });
    expect(await rules()).toEqual([]);
  });

  test('is limited by sets, which are made, renamed, chosen and deleted', async ({ host, admin }) => {
    const { client_id } = host.newClient().client;
    expect((await admin.send('PUT', `${SETS}/work`, { parts: [git] })).body).toEqual({ name: 'work', parts: [git] });
    expect((await admin.send('PUT', `${SETS}/work`, { parts: [tool] })).body.parts).toEqual([tool]);
    const choose = (set: string | null) => admin.send('PUT', `/api/mcp/clients/${client_id}/set`, { set });
    expect((await choose('work')).body).toMatchObject({ set: 'work' });
    await admin.send('PUT', `${SETS}/job`, { parts: [tool], replaces: 'work' });
    expect((await admin.get(VISIBILITY)).body.chosen).toEqual([{ client_id, set: 'job' }]);
    expect((await choose('work')).status).toBe(404);
    expect((await choose(null)).body.set).toBeNull();
    expect((await admin.delete(`${SETS}/job`)).body).toEqual({ sets: [] });
    expect((await admin.delete(`${SETS}/job`)).status).toBe(404);
  });

  test('is listed or found by a search, as was chosen last', async ({ host, admin }) => {
    const { client_id } = host.newClient().client;
    const choose = (body: object) => admin.send('PUT', `/api/mcp/clients/${client_id}/set`, body);
    expect((await choose({ set: null, search: true })).body).toMatchObject({
      ...{ set: null, search: true },
      tokens: { listed: expect.any(Number), search: expect.any(Number) },
    });
    expect((await admin.get(VISIBILITY)).body.searching).toEqual([client_id]);
    expect((await choose({ set: null })).body).toMatchObject({ search: false });
    const wrong = await choose({ set: null, search: 'yes' });
    expect([wrong.status, wrong.body.detail]).toEqual([400, expect.stringContaining('search')]);
    expect((await admin.send('PUT', '/api/mcp/clients/c_nobody/set', { set: null, search: true })).status).toBe(404);
  });

  test.for([
    ['PATCH', VISIBILITY, { parts: [], shown: true }, 400, /name what to show or hide/],
    ['PATCH', VISIBILITY, { parts: [{ server: 'git', kind: 'tool' }], shown: true }, 400, /both kind and name/],
    ['PATCH', VISIBILITY, { client_id: 'c_nobody', parts: [git], shown: true }, 404, /client/],
    ['PUT', `${SETS}/a%20b`, { parts: [] }, 400, /^name: the name of a set starts with a letter/],
    ['PUT', `${SETS}/new`, { parts: [], replaces: 'nothing' }, 404, /no set of that name/],
    ['GET', '/api/mcp/servers/nothing/items', undefined, 404, /no server of that name/],
    ['GET', '/api/mcp/clients/c_nobody/tools', undefined, 404, /client/],
  ] as const)('%s %s %j is refused with a sentence', async ([method, path, body, status, detail], { admin }) => {
    const answer = await admin.send(method, path, body);
    expect(answer.status).toBe(status);
    expect(answer.body.detail).toMatch(detail);
  });

  test('is the admin’s affair alone', async ({ host, admin }) => {
    const { client_id, client_key } = host.services.clients.create({ name: 'x', type: 'other', policy: 'sessionful' });
    const client = new Api(host, client_key);
    for (const path of [VISIBILITY, SETS, `/api/mcp/clients/${client_id}/tools`]) {
      expect((await client.get(path)).status).toBe(403);
    }
    expect((await client.send('PATCH', VISIBILITY, { parts: [git], shown: false })).status).toBe(403);
    expect((await admin.get(VISIBILITY)).status).toBe(200);
  });
});
