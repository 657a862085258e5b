import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSettings } from '#src/main/settings';

describe('settings', () => {
  test('takes everything from the environment when it is there', () => {
    const secret = 'a'.repeat(32);
    const settings = readSettings({
      HOLDFAST_PORT: '9191',
      HOLDFAST_DATA_DIR: '/data/holdfast',
      MCP_SESSION_SECRET: secret,
      MCP_RECONNECT_TOKEN_EXPIRY: '30',
      HOLDFAST_STREAM_GRACE: '3',
    });
    expect(settings).toMatchObject({
      folder: '/data/holdfast',
      given: { port: 9191, token_life_minutes: 30, stream_grace_seconds: 3 },
    });
    expect(settings.secret).toEqual(Buffer.from(secret));
  });

  test('leaves to the settings table what the environment does not name; an empty variable names nothing', () => {
    expect(readSettings({ HOLDFAST_PORT: '', MCP_SESSION_SECRET: '' })).toMatchObject({ secret: null, given: {} });
  });

  test('takes a data folder from where Holdfast was started, whoever opens it later', () => {
    expect(readSettings({ HOLDFAST_DATA_DIR: 'data' }).folder).toBe(join(process.cwd(), 'data'));
  });

  test.each([
    ['HOLDFAST_PORT', 'http'],
    ['HOLDFAST_PORT', '70000'],
    ['HOLDFAST_PORT', '81.81'],
    ['MCP_RECONNECT_TOKEN_EXPIRY', '0'],
    ['MCP_RECONNECT_TOKEN_EXPIRY', '100000'],
    ['MCP_SESSION_SECRET', 'short'],
    ['HOLDFAST_TRUST_SERVERS', 'yes'],
    ['HOLDFAST_SECRETS', 'vault'],
  ])('refuses %s=%s and names the variable', (name, value) => {
    expect(() => readSettings({ [name]: value })).toThrow(new RegExp(name));
  });

  test('says whether commands of servers.json are trusted only when it is told', () => {
    const trust = (value?: string) => readSettings({ HOLDFAST_TRUST_SERVERS: value }).given.trust_servers;
    expect([trust(), trust(''), trust('0'), trust('1')]).toEqual([undefined, undefined, '0', '1']);
  });

  test('says where secrets are kept only when it is told', () => {
    const place = (value?: string) => readSettings({ HOLDFAST_SECRETS: value }).given.secrets;
    expect([place(), place(''), place('keychain'), place('file')]).toEqual([undefined, undefined, 'keychain', 'file']);
  });

  test('does not repeat a secret in its complaint', () => {
    expect(() => readSettings({ MCP_SESSION_SECRET: 'hunter2' })).toThrow(expect.not.stringContaining('hunter2'));
  });
});
