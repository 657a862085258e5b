import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { policyOf, readSettings } from '#src/main/settings';
import { MINUTE, SECOND } from '#src/shared/model/units';

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
      port: 9191,
      folder: '/data/holdfast',
      tokenLifeMinutes: 30,
      streamGraceSeconds: 3,
    });
    expect(settings.secret).toEqual(Buffer.from(secret));
    const policy = policyOf(settings, { tokenLifeMinutes: 5 });
    expect(policy.tokenLife).toBe(30 * MINUTE);
    expect(policy.streamGrace).toBe(3 * SECOND);
  });

  test('leaves to the settings table what the environment does not name; an empty variable names nothing', () => {
    const settings = readSettings({ HOLDFAST_PORT: '' });
    expect(settings).toMatchObject({ port: null, secret: null, tokenLifeMinutes: null });
    expect(policyOf(settings, { tokenLifeMinutes: 5 }).tokenLife).toBe(5 * MINUTE);
    expect(policyOf(settings, { tokenLifeMinutes: null }).tokenLife).toBe(15 * MINUTE);
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

  test('trusts the commands of servers.json only when it is told to', () => {
    const trust = (value?: string) => readSettings({ HOLDFAST_TRUST_SERVERS: value }).trustServers;
    expect([trust(), trust(''), trust('0'), trust('1')]).toEqual([false, false, false, true]);
  });

  test('keeps secrets in the keychain unless it is told to use files', () => {
    const place = (value?: string) => readSettings({ HOLDFAST_SECRETS: value }).secretsPlace;
    expect([place(), place(''), place('keychain'), place('file')]).toEqual([
      'keychain',
      'keychain',
      'keychain',
      'file',
    ]);
  });

  test('does not repeat a secret in its complaint', () => {
    expect(() => readSettings({ MCP_SESSION_SECRET: 'hunter2' })).toThrow(expect.not.stringContaining('hunter2'));
  });
});
