import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, vi } from 'vitest';
import { NO_LOGIN_SETTINGS } from '#src/main/upstream/login/login-settings';
import { WEB } from '#src/shared/contract/web';
import { Api } from '#tests/support/clients/api';
import { MonitorClient } from '#tests/support/clients/monitor-client';
import type { McpHost } from '#tests/support/hosts/mcp-host';
import { hostTest, type TestHost } from '#tests/support/hosts/test-host';
import { startAuthorizationServer } from '#tests/support/login/authorization-server';
import { followLogin } from '#tests/support/login/follow-login';
import { startProtectedServer } from '#tests/support/login/protected-mcp-server';
import { type RotatingServer, startRotatingServer } from '#tests/support/login/rotating-server';
import { callTool, loginTest, NAME, protectedConfig } from './support';

/* What a login is made of is in one place, and nowhere else: not in what is kept, said, shown or run. */

const NAMES_OF_SECRETS = ['code', 'code_verifier', 'refresh_token', 'client_secret', 'client_assertion'];

/** Everything that an authorization server was told, and has told, that nobody else may know. */
function watch(authorization: RotatingServer): Map<string, string> {
  const secrets = new Map<string, string>();
  const { tokens } = authorization.settings;
  let issued = 0;
  authorization.settings.tokens = (answer) => {
    issued += 1;
    for (const name of ['access_token', 'refresh_token']) {
      const value = answer[name];
      if (typeof value === 'string') secrets.set(`${name} ${issued}`, value);
    }
    return tokens(answer);
  };
  return secrets;
}

/** Adds what was in the requests so far. */
function addAsked(secrets: Map<string, string>, { arrivals }: RotatingServer): void {
  for (const [index, { body, endpoint, url, headers }] of arrivals.entries()) {
    const asked = endpoint === 'token' ? new URLSearchParams(body) : new URLSearchParams();
    for (const name of NAMES_OF_SECRETS) {
      const value = asked.get(name);
      if (value !== null) secrets.set(`${name} of request ${index}`, value);
    }
    const state = endpoint === 'authorization' ? url.searchParams.get('state') : null;
    if (state !== null) secrets.set(`state of request ${index}`, state);
    const basic = headers.authorization?.replace(/^Basic /, '');
    if (basic !== undefined) secrets.set(`authorization of request ${index}`, basic);
  }
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ? filesBelow(path) : [path];
  });
}

const inSecrets = (folder: string) => join(folder, 'secrets');

/** Every text that anybody but the user can come by, or that stays. */
function textsIn(folder: string): { where: string; text: string }[] {
  const files = filesBelow(folder).filter((path) => !path.startsWith(inSecrets(folder)) && !path.endsWith('.sock'));
  return files.flatMap((where) => {
    try {
      return [{ where, text: readFileSync(where, 'latin1') }];
    } catch {
      return [];
    }
  });
}

/** Arguments and, where they may be read, environments of all processes. */
const psText = (): string =>
  execFileSync('ps', ['axeww', '-o', 'args'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });

/** What is printed until the test ends. */
function printing(onTestFinished: (work: () => void) => void): () => string {
  const lines: unknown[][] = [];
  const spies = (['log', 'warn', 'error', 'info', 'debug'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...line) => void lines.push(line)),
  );
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return () => JSON.stringify(lines);
}

function expectNowhere(secrets: ReadonlyMap<string, string>, texts: readonly { where: string; text: string }[]): void {
  for (const { where, text } of texts) {
    for (const [name, secret] of secrets) expect(text.includes(secret), `${name} in ${where}`).toBe(false);
  }
}

function expectPrivate(folder: string): void {
  const files = filesBelow(inSecrets(folder));
  expect(files.map((path) => path.slice(inSecrets(folder).length + 1))).toContain('logins.json');
  for (const path of files) expect(statSync(path).mode & 0o777, path).toBe(0o600);
  expect(statSync(inSecrets(folder)).mode & 0o777).toBe(0o700);
}

const test = hostTest
  .extend('authorization', async ({}, { onCleanup }) => {
    const server = await startRotatingServer();
    onCleanup(() => server.close());
    return server;
  })
  .extend('protected', async ({ authorization }, { onCleanup }) => {
    const server = await startProtectedServer({ authorization: [authorization] });
    onCleanup(() => server.close());
    return server;
  })
  .extend('newFolderWithServer', ({ newFolder, protected: server }) => () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'servers.json'), JSON.stringify({ mcpServers: { [NAME]: { url: server.url } } }));
    return folder;
  })
  .extend('hostOptions', ({ newFolderWithServer }) => ({ folder: newFolderWithServer() }));

/** Has every interface say what it says of the server. */
async function saidBy(host: TestHost): Promise<{ where: string; text: string }[]> {
  const admin = new Api(host, host.adminKey);
  const texts: { where: string; text: string }[] = [];
  for (const path of ['servers', `servers/${NAME}`, `servers/${NAME}/stderr`, 'sessions', 'clients', 'history']) {
    const { status, body } = await admin.get(`/api/mcp/${path}`);
    expect(status, path).toBe(200);
    texts.push({ where: path, text: JSON.stringify(body) });
  }
  const ticket = new URL(host.createSignInLink()).hash.replace('#ticket=', '');
  const { token } = (await new Api(host, null).post(WEB.signIn, { ticket })).body;
  const window = new Api(host, token);
  for (const method of ['servers.list', 'app.info', 'clients.list', 'sessions.health']) {
    const { body } = await window.post(`${WEB.rpc}/${method}`, {});
    expect(body.ok, method).toBe(true);
    texts.push({ where: method, text: JSON.stringify(body) });
  }
  return texts;
}

test('no code, token, verifier or state of a login gets anywhere', { timeout: 60_000 }, async ({
  host,
  holder,
  authorization,
  protected: server,
  onTestFinished,
}) => {
  const secrets = watch(authorization);
  const printed = printing(onTestFinished);
  const admin = new Api(host, host.adminKey);
  const monitor = await MonitorClient.live(host, { key: host.adminKey });
  const heard: string[] = [];
  monitor.socket.on('message', (data) => heard.push(String(data)));
  const logIn = async () => (await admin.post(`/api/mcp/servers/${NAME}/login`)).body.url as string;

  // In every way that a login can go wrong.
  authorization.settings.redirect = (answer) => answer.set('iss', 'https://elsewhere.example');
  const pages = [(await followLogin(await logIn())).text];
  authorization.settings.redirect = () => {};
  authorization.fault('token', { status: 400, body: { error: 'invalid_grant' } }, 1);
  pages.push((await followLogin(await logIn())).text);
  authorization.fault('token', 'html', 1);
  pages.push((await followLogin(await logIn())).text);
  const first = await logIn();
  await admin.post(`/api/mcp/servers/${NAME}/login/cancel`);
  pages.push((await followLogin(first)).text);
  const left = await followLogin(await logIn());
  pages.push(left.text);
  expect(left.status).toBe(200);
  // Comes back, and comes in ways that do not count.
  for (const method of ['GET', 'HEAD', 'POST', 'DELETE']) pages.push(await (await fetch(left.url, { method })).text());
  const other = left.url.replace('127.0.0.1', 'localhost');
  pages.push(await (await fetch(other, { headers: { origin: 'https://elsewhere.example' } })).text());
  pages.push(JSON.stringify((await admin.post(`/api/mcp/servers/${NAME}/login/finish`, { address: left.url })).body));
  pages.push(
    JSON.stringify((await admin.post(`/api/mcp/servers/${NAME}/login/finish`, { address: 'no address' })).body),
  );

  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode: 'legacy' } });
  const requestInit = { headers: { Authorization: `Bearer ${holder.key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}/mcp/${NAME}`), { requestInit }));
  expect(await callTool(client, 'count')).toBe(1);
  // A refresh on its way: this is when the courier has what it needs.
  authorization.expireAccessTokens();
  authorization.fault('token', 'hold', 1);
  const asked = authorization.tokenRequests();
  const held = callTool(client, 'count');
  await authorization.tokenRequest(asked);
  addAsked(secrets, authorization);
  // They are what is looked for: this is where they belong.
  const kept = readFileSync(join(inSecrets(host.folder), 'logins.json'), 'utf8');
  expect([...new Set(secrets.values())].filter((secret) => kept.includes(secret))).toHaveLength(2);
  expectNowhere(secrets, [{ where: 'ps', text: psText() }]);
  expectNowhere(secrets, textsIn(host.folder));
  expectPrivate(host.folder);
  authorization.release();
  expect(await held).toBe(2);
  expectPrivate(host.folder);
  authorization.fault('token', 'unavailable', 1);
  authorization.expireAccessTokens();
  expect(await callTool(client, 'count')).toBe(3);
  server.fault('mcp', { status: 500, body: 'no' }, 1);
  await callTool(client, 'count').catch((error: Error) => pages.push(error.message));
  const said = await saidBy(host);
  await admin.post(`/api/mcp/servers/${NAME}/logout`);
  said.push(...(await saidBy(host)));
  addAsked(secrets, authorization);
  monitor.close();
  await client.close();

  const kinds = new Set([...secrets.keys()].map((name) => name.split(' ')[0]));
  expect(kinds).toEqual(new Set(['access_token', 'refresh_token', 'code', 'code_verifier', 'state']));
  for (const [name, secret] of secrets) expect(secret.length, name).toBeGreaterThan(20);
  const shown = pages.map((text, index) => ({ where: `page ${index}`, text }));
  const told = heard.map((text, index) => ({ where: `monitor frame ${index}`, text }));
  expect(told.length).toBeGreaterThan(0);
  expectNowhere(secrets, [
    ...shown,
    ...told,
    ...said,
    ...textsIn(host.folder),
    { where: 'log', text: host.log() },
    { where: 'console', text: printed() },
  ]);
  await host.stop();
  const after = textsIn(host.folder);
  expectNowhere(secrets, after);
  expect(after.map(({ text }) => text).join()).toContain('logged_in');
  expectPrivate(host.folder);
});

/** The parts that a whole Holdfast shows to anybody. */
const shownBy = (host: McpHost) => [
  { where: 'log', text: host.log() },
  { where: 'state', text: JSON.stringify(host.services.servers.stateOf(NAME)) },
  { where: 'ps', text: psText() },
  ...textsIn(host.folder),
];

loginTest(
  'the secret of an entry gets nowhere, right or wrong',
  async ({ host, configs, connect, protected: server, onTestFinished }) => {
    const clientSecret = 'a-secret-of-the-entry-that-is-long-enough';
    const known = await startRotatingServer({ clients: { me: { secret: clientSecret, redirectUris: [] } } });
    onTestFinished(() => known.close());
    const secrets = watch(known);
    secrets.set('client secret', clientSecret);
    server.settings.authorization = [known];
    const login = { ...NO_LOGIN_SETTINGS, who: 'machine' as const, clientId: 'me', clientSecret };
    configs.set(protectedConfig(server, { target: { kind: 'http', url: server.url, headers: {}, login } }));
    const printed = printing(onTestFinished);
    const client = await connect({ path: `/${NAME}` });
    expect(await callTool(client, 'count')).toBe(1);
    // It repeats what it was sent, as some do.
    known.fault('token', { status: 401, body: { error: 'invalid_client', error_description: clientSecret } }, 2);
    known.expireAccessTokens();
    const refused = await callTool(client, 'count').then(
      () => new Error('was answered'),
      (error: Error) => error,
    );
    expect(refused.message).toContain('does not know the client, or its secret is wrong');
    expectNowhere(secrets, [{ where: 'answer', text: refused.message }]);
    expect(await callTool(client, 'count')).toBe(2);
    addAsked(secrets, known);
    expectNowhere(secrets, [...shownBy(host), { where: 'console', text: printed() }]);
    expectPrivate(host.folder);
  },
);

loginTest(
  'a private key gets nowhere, and neither does what it signed',
  async ({ host, configs, connect, protected: server, onTestFinished }) => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const known = await startAuthorizationServer({
      clients: [
        {
          client_id: 'me',
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: 'ES256',
          jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
          grant_types: ['client_credentials'],
          response_types: [],
          redirect_uris: [],
        },
      ],
    });
    onTestFinished(() => known.close());
    server.settings.authorization = [known];
    const login = { ...NO_LOGIN_SETTINGS, who: 'machine' as const, clientId: 'me', privateKey: pem };
    configs.set(protectedConfig(server, { target: { kind: 'http', url: server.url, headers: {}, login } }));
    const printed = printing(onTestFinished);
    const client = await connect({ path: `/${NAME}` });
    expect(await callTool(client, 'count')).toBe(1);
    known.fault('token', { status: 400, body: { error: 'invalid_client', error_description: pem } }, 1);
    known.expireAccessTokens();
    expect(await callTool(client, 'count')).toBe(2);
    const secrets = new Map([['private key', pem.split('\n')[1] ?? '']]);
    for (const [index, { body }] of known.arrivals.entries()) {
      const assertion = new URLSearchParams(body).get('client_assertion');
      if (assertion !== null) secrets.set(`assertion ${index}`, assertion.split('.')[2] ?? '');
    }
    expect(secrets.size).toBeGreaterThan(2);
    expectNowhere(secrets, [...shownBy(host), { where: 'console', text: printed() }]);
    expectPrivate(host.folder);
  },
);
