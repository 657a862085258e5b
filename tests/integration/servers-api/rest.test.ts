import { describe, expect } from 'vitest';
import { Api } from '#tests/support/clients/api';
import { sharedHostTest as test } from '#tests/support/hosts/test-host';
import { contentsOf, fileOf, Window, write } from './support';

const ONE = '/api/mcp/servers/one';

describe('servers over REST', () => {
  test('are added, changed, read, disabled, removed and put back', async ({ host, admin }) => {
    const put = await admin.send('PUT', ONE, { command: 'node', args: ['x.js'], env: { KEY: 'v1' } });
    expect([put.status, put.body]).toEqual([
      200,
      expect.objectContaining({ name: 'one', command: 'node', trusted: false }),
    ]);
    const changed = await admin.send('PUT', ONE, { command: 'node', env: { KEY: null }, policy: 'lazy' });
    expect(changed.body).toMatchObject({ args: [], env_names: ['KEY'], policy: 'lazy', problem: null });
    expect((await admin.get(ONE)).body).toEqual(changed.body);
    expect((await admin.get('/api/mcp/servers')).body).toMatchObject({
      servers: [changed.body],
      file: fileOf(host),
      problems: [],
    });
    const { fingerprint } = changed.body;
    expect((await admin.post(`${ONE}/trust`, { fingerprint })).body).toMatchObject({ trusted: true, state: 'stopped' });
    expect((await admin.post(`${ONE}/disable`)).body).toMatchObject({ enabled: false, state: 'disabled' });
    expect((await admin.post(`${ONE}/retry`)).body.detail).toMatch(/disabled\. Enable it/);
    expect((await admin.post(`${ONE}/restart`)).body.detail).toMatch(/disabled\. Enable it/);
    expect((await admin.post(`${ONE}/stop`)).body.detail).toMatch(/disabled\. Enable it/);
    expect((await admin.post(`${ONE}/enable`)).body).toMatchObject({ enabled: true });
    expect((await admin.post(`${ONE}/stop`)).body).toMatchObject({ enabled: true, state: 'stopped' });
    expect((await admin.get(`${ONE}/stderr`)).body).toEqual({ lines: [] });
    expect((await admin.get(`${ONE}/tools`)).body).toEqual({ tools: [], more: 0, listed_at: null });
    const removed = await admin.delete(ONE);
    expect([removed.status, (await admin.get(ONE)).status]).toEqual([200, 404]);
    expect((await admin.post('/api/mcp/servers/other/restore', removed.body)).status).toBe(404);
    expect((await admin.post(`${ONE}/restore`, removed.body)).body).toMatchObject({ name: 'one', trusted: true });
    await admin.delete(ONE);
  });

  test.for([
    ['GET', ONE, undefined, 404, /no server of that name/],
    ['DELETE', ONE, undefined, 404, /no server of that name/],
    ['POST', `${ONE}/enable`, undefined, 404, /no server of that name/],
    ['POST', `${ONE}/test`, undefined, 404, /no server of that name/],
    ['GET', `${ONE}/tools`, undefined, 404, /no server of that name/],
    ['POST', `${ONE}/trust`, {}, 400, /^fingerprint: /],
    ['POST', `${ONE}/restore`, { undo_id: 'u_x' }, 404, /can no longer be put back/],
    ['PUT', '/api/mcp/servers/a%20b', { command: 'x' }, 400, /^name: a server name starts with a letter/],
    ['PUT', ONE, {}, 400, /either a command or an address/],
    ['PUT', ONE, { command: 'x', typo: 1 }, 400, /typo/],
    ['PUT', ONE, { command: 7 }, 400, /^command: /],
    ['PUT', ONE, { command: 'x', idle_stop_minutes: 0 }, 400, /^idle_stop_minutes: /],
    ['PATCH', ONE, { command: 'x' }, 405, /takes GET, HEAD, PUT, DELETE only/],
  ] as const)('%s %s %j is answered with %i', async ([method, path, body, status, detail], { admin }) => {
    const answer = await admin.send(method, path, body);
    expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(detail)]);
  });

  test('confirm only what was shown, and run nothing that was not confirmed', async ({ admin }) => {
    const { body } = await admin.send('PUT', ONE, { command: 'node' });
    expect((await admin.post(`${ONE}/test`)).status).toBe(409);
    expect((await admin.post(`${ONE}/retry`)).status).toBe(409);
    expect((await admin.post(`${ONE}/restart`)).status).toBe(409);
    expect((await admin.post(`${ONE}/stop`)).status).toBe(409);
    await admin.send('PUT', ONE, { command: 'other' });
    const answer = await admin.post(`${ONE}/trust`, { fingerprint: body.fingerprint });
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringMatching(/changed since it was shown/)]);
    await admin.delete(ONE);
  });

  test('are for the admin alone: they start programs', async ({ host }) => {
    const client = new Api(host, host.newClient().key);
    const refused = await Promise.all([
      client.get('/api/mcp/servers'),
      client.get(ONE),
      client.send('PUT', ONE, { command: 'x' }),
      client.delete(ONE),
      ...['enable', 'disable', 'retry', 'test'].map((action) => client.post(`${ONE}/${action}`)),
      client.post(`${ONE}/trust`, { fingerprint: 'x' }),
      client.post(`${ONE}/restore`, { undo_id: 'x' }),
      client.get(`${ONE}/stderr`),
      client.get(`${ONE}/tools`),
      client.post(`${ONE}/stop`),
    ]);
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
    expect((await new Api(host, null).get('/api/mcp/servers')).status).toBe(401);
  });
});

describe('values of environments and headers', () => {
  test('are nowhere but in the secrets: not in a file, the database, the log, an event or an answer', async ({
    host,
    admin,
  }) => {
    const window = await Window.of(host);
    const values = Array.from({ length: 6 }, (_, index) => `canary-${index}-${'x7Q'.repeat(8)}`);
    const [inWindow, changed, overRest, header, wrong, byHand] = values as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    const answers: unknown[] = [];
    const ask = async (answer: Promise<unknown>) => void answers.push(await answer);
    const one = { name: 'win', command: 'node', args: ['x'] };

    await ask(window.envelope('servers.save', { server: { ...one, env: { KEY: inWindow } } }));
    await ask(window.envelope('servers.save', { server: { ...one, env: { KEY: changed } }, replaces: 'win' }));
    await ask(
      window.envelope('servers.save', { server: { ...one, name: 'rest', env: { KEY: null } }, replaces: 'win' }),
    );
    await ask(admin.send('PUT', '/api/mcp/servers/other', { command: 'x', env: { KEY: overRest } }));
    await ask(
      admin.send('PUT', '/api/mcp/servers/web', { url: 'http://127.0.0.1:1/mcp', headers: { 'X-Key': header } }),
    );
    // Wrong inputs with secrets in them: their text must not come back.
    await ask(admin.send('PUT', '/api/mcp/servers/bad', { command: 'x', env: { KEY: `${wrong}\${NOT_SET}` } }));
    await ask(admin.send('PUT', '/api/mcp/servers/bad', { command: 'x', env: { KEY: [wrong] } }));
    await ask(admin.send('PUT', '/api/mcp/servers/bad', { url: 'http://x', headers: { 'X-Key': `${wrong}\n` } }));
    await ask(admin.send('PUT', '/api/mcp/servers/bad', { url: 'http://x', env: { KEY: wrong } }));
    await ask(window.envelope('servers.save', { server: { ...one, env: { KEY: wrong }, url: 'http://x' } }));
    const removed = await window.call('servers.remove', { name: 'other' });
    await ask(window.envelope('servers.undo_remove', removed));
    await ask(window.envelope('servers.list', {}));
    await ask(admin.get('/api/mcp/servers'));
    await ask(admin.get('/api/mcp/servers/rest'));
    const { servers } = await window.call('servers.list', {});
    expect(servers.map(({ name, env_names, header_names }) => [name, env_names, header_names])).toEqual([
      ['rest', ['KEY'], []],
      ['other', ['KEY'], []],
      ['web', [], ['X-Key']],
    ]);

    const found = contentsOf(host.folder);
    expect(found.map(({ text }) => text).join()).toContain('server_configured');
    for (const { path, text } of found) {
      for (const value of values) expect(text.includes(value), `${value} in ${path}`).toBe(false);
    }
    for (const value of values) expect(JSON.stringify(answers)).not.toContain(value);

    // What a person typed into the file stays there, and is shown nowhere else.
    write(
      host,
      JSON.stringify({
        mcpServers: { hand: { command: 'x', env: { KEY: byHand } }, bad: { command: 'x', env: { KEY: [byHand] } } },
      }),
    );
    await window.refusal('servers.test', { name: 'none' });
    await window.call('servers.set_enabled', { name: 'hand', enabled: false });
    const shown = JSON.stringify([
      await window.envelope('servers.list', {}),
      (await admin.get('/api/mcp/servers')).body,
    ]);
    expect(shown).toContain('"hand"');
    expect(shown).not.toContain(byHand);
    for (const { path, text } of contentsOf(host.folder)) {
      if (path !== fileOf(host)) expect(text.includes(byHand), path).toBe(false);
    }
  });
});
