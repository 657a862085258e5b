import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect } from 'vitest';
import { NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';
import { McpHttp } from '#tests/support/clients/mcp-http';
import { disposing } from '#tests/support/fixtures';
import { type Holder, type McpHost, mcpTest } from '#tests/support/hosts/mcp-host';
import { followLogin } from '#tests/support/login/follow-login';
import { startRotatingServer } from '#tests/support/login/rotating-server';
import { ListedConfigs } from '#tests/support/servers/configs';
import { SdkSse } from '#tests/support/servers/sdk-sse';

/** An older server over HTTP+SSE through all of Holdfast, with a client of today. */

const PATHS = [
  ['all servers', '', 'older__'],
  ['the server', '/older', ''],
] as const;

async function connectClient(host: McpHost, { key }: Holder, path: string): Promise<Client> {
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: 'legacy' }, capabilities: { sampling: {}, elicitation: {} } },
  );
  client.setRequestHandler('sampling/createMessage', async () => ({
    model: 'm',
    role: 'assistant' as const,
    content: { type: 'text' as const, text: 'yes' },
  }));
  client.setRequestHandler('elicitation/create', async () => ({
    action: 'accept' as const,
    content: { colour: 'blue' },
  }));
  const requestInit = { headers: { Authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}${path}`), { requestInit }));
  return client;
}

const test = mcpTest
  .extend('remote', async ({}, { onCleanup }) => {
    const remote = await SdkSse.start();
    onCleanup(() => remote.kill());
    return remote;
  })
  .extend('configs', ({ remote }) => new ListedConfigs(remote.config('older')))
  .extend('hostOptions', ({ configs }) => ({ servers: configs }))
  .extend('connect', ({ host, owner }, { onCleanup }) =>
    disposing(
      onCleanup,
      (path: string) => connectClient(host, owner, path),
      (client) => client.close(),
    ),
  );

async function textOf(client: Client, name: string, options = {}): Promise<string> {
  const { content } = await client.callTool({ name, arguments: {} }, options);
  return (content as { text: string }[])[0]?.text ?? '';
}

describe.each(PATHS)('at the address of %s', (_, path, prefix) => {
  test('tools are listed and called, with progress and with questions to the client', async ({ connect }) => {
    const client = await connect(path);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining([`${prefix}count`, `${prefix}ask`]));
    expect(await textOf(client, `${prefix}count`)).toBe('{"n":1}');
    expect(await textOf(client, `${prefix}count`)).toBe('{"n":2}');
    const progress: number[] = [];
    const onprogress = (step: { progress: number }) => void progress.push(step.progress);
    expect(await textOf(client, `${prefix}steps`, { onprogress })).toBe('walked');
    // The SDK's client drops progress that it reads together with the answer, as it may the last.
    expect(progress.slice(0, 2)).toEqual([1, 2]);
    expect(JSON.parse(await textOf(client, `${prefix}ask`))).toEqual({
      model: { type: 'text', text: 'yes' },
      person: { colour: 'blue' },
    });
  });

  test('what the server says has changed is heard', async ({ connect }) => {
    const client = await connect(path);
    await client.listTools();
    const changed = new Promise<void>((resolve) => {
      client.setNotificationHandler('notifications/tools/list_changed', () => resolve());
    });
    expect(await textOf(client, `${prefix}grow`)).toBe('grown');
    await changed;
    await expect.poll(async () => (await client.listTools()).tools.map(({ name }) => name)).toContain(`${prefix}grown`);
  });

  test('a server that is killed fails what runs, and is there again for the next call', async ({ connect, remote }) => {
    const client = await connect(path);
    await textOf(client, `${prefix}count`);
    const running = textOf(client, `${prefix}wait`);
    await expect.poll(() => remote.held).toBe(1);
    await remote.kill();
    await expect(running).rejects.toThrow(
      'The server "older" closed its event stream. The outcome of the call is unknown.',
    );
    await remote.listen();
    expect(await textOf(client, `${prefix}count`)).toBe('{"n":1}');
  });

  test('a call that runs when Holdfast is killed is answered with an honest error, and the session goes on', async ({
    host,
    startHost,
    owner,
    configs,
    remote,
  }) => {
    const mcp = new McpHttp({ url: `${host.url}${path}` }, owner.key);
    await mcp.initialize();
    expect((await mcp.call(`${prefix}count`)).content[0].text).toBe('{"n":1}');
    const { stream } = await mcp.request('tools/call', { name: `${prefix}wait`, arguments: {} });
    await stream?.next();
    const last = (await stream?.next())?.id ?? '';
    await host.kill();
    await expect.poll(() => remote.transports.size).toBe(0);
    const next = await startHost({ folder: host.folder, servers: configs });
    const back = new McpHttp({ url: `${next.url}${path}` }, owner.key);
    back.transportId = mcp.transportId;
    const events = await (await back.get(last)).stream?.rest();
    const error = JSON.parse(events?.findLast(({ data }) => data)?.data ?? '{}').error;
    expect(error.message).toContain('outcome');
    expect((await back.call(`${prefix}count`)).content[0].text).toBe('{"n":1}');
    expect(remote.opened).toBe(2);
  });
});

describe('a protected server', () => {
  const login = test
    .extend('authorization', async ({ remote }, { onCleanup }) => {
      const server = await startRotatingServer();
      onCleanup(() => server.close());
      const metadata = new URL('/.well-known/oauth-protected-resource', remote.url).href;
      remote.guard = async (req, res) => {
        if (req.url?.startsWith('/.well-known/oauth-protected-resource')) {
          const body = { resource: remote.url, authorization_servers: [server.issuer] };
          res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
          return false;
        }
        const token = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];
        if (token !== undefined && (await server.inspect(token))) return true;
        res.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` }).end();
        return false;
      };
      return server;
    })
    .extend('configs', ({ remote }) => {
      const target = { kind: 'http', url: remote.url, headers: {}, sse: true, login: NO_LOGIN_SETTINGS } as const;
      return new ListedConfigs(remote.config('older', { target }));
    });

  const logIn = async (host: McpHost) => {
    const { url } = await host.logins.begin('older');
    expect(await followLogin(url)).toMatchObject({ status: 200 });
  };
  const stateOf = (host: McpHost) => host.services.servers.stateOf('older');

  login('is used after a login, for which its stream waits', async ({ host, connect, authorization, remote }) => {
    const connecting = connect('/older');
    await expect.poll(() => stateOf(host)?.state).toBe('needs_login');
    await logIn(host);
    const client = await connecting;
    expect(await textOf(client, 'count')).toBe('{"n":1}');
    expect(authorization.tokenRequests('authorization_code')).toBe(1);
    expect(remote.opened).toBe(1);
  });

  login(
    'whose token ends is given a new one, and the stream stays',
    async ({ host, connect, authorization, remote }) => {
      const connecting = connect('/older');
      await expect.poll(() => stateOf(host)?.state).toBe('needs_login');
      await logIn(host);
      const client = await connecting;
      await textOf(client, 'count');
      authorization.expireAccessTokens();
      expect(await textOf(client, 'count')).toBe('{"n":2}');
      expect(authorization.tokenRequests('refresh_token')).toBe(1);
      expect(remote.opened).toBe(1);
    },
  );

  login(
    'whose login is over holds a call until there is a new one',
    async ({ host, connect, authorization, remote }) => {
      const connecting = connect('/older');
      await expect.poll(() => stateOf(host)?.state).toBe('needs_login');
      await logIn(host);
      const client = await connecting;
      await textOf(client, 'count');
      await authorization.takeBackGrants();
      const held = textOf(client, 'count');
      await expect.poll(() => stateOf(host)).toMatchObject({ state: 'needs_login', login: { held_calls: 1 } });
      await logIn(host);
      expect(await held).toBe('{"n":2}');
      expect(stateOf(host)).toMatchObject({ state: 'running', login: { held_calls: 0 } });
      expect([remote.opened, remote.counted]).toEqual([1, 2]);
    },
  );

  login(
    'that cuts the stream when the login is over keeps the call all the same',
    async ({ host, connect, authorization, remote }) => {
      const connecting = connect('/older');
      await expect.poll(() => stateOf(host)?.state).toBe('needs_login');
      await logIn(host);
      const client = await connecting;
      await textOf(client, 'count');
      await authorization.takeBackGrants();
      const held = textOf(client, 'count');
      await expect.poll(() => stateOf(host)).toMatchObject({ login: { held_calls: 1 } });
      remote.cut();
      await expect.poll(() => remote.transports.size).toBe(0);
      await expect.poll(() => stateOf(host)).toMatchObject({ state: 'needs_login', login: { held_calls: 1 } });
      await logIn(host);
      expect(await held).toBe('{"n":1}');
      expect([remote.opened, remote.counted]).toEqual([2, 2]);
      expect(stateOf(host)).toMatchObject({ login: { held_calls: 0 } });
      expect(host.log()).not.toMatch(/Bearer [\w-]{8}/);
    },
  );
});
