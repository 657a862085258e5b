import { describe, expect, test } from 'vitest';
import { isSecretValue, shownValue } from '#src/shared/model/secret-values';

describe('a value of a variable', () => {
  test.each([
    ['API_KEY', 'x'],
    ['APIKEY', 'x'],
    ['apiKey', 'x'],
    ['GITHUB_TOKEN', 'x'],
    ['DB_PASSWORD', 'x'],
    ['PGPASSWORD', 'x'],
    ['AWS_SECRET_ACCESS_KEY', 'x'],
    ['AWS_ACCESS_KEY_ID', 'x'],
    ['SENTRY_DSN', 'x'],
    ['TOKEN_2', 'x'],
    ['GH_PAT', 'x'],
    ['OTHER', 'ghp_0123456789abcdefABCDEF'],
    ['OTHER', 'sk-proj-0123456789abcdef'],
    ['OTHER', 'Bearer abcdefgh1234'],
    ['OTHER', 'eyJhbGciOi.eyJzdWIi.abc'],
    ['OTHER', 'A1b2C3d4E5f6G7h8I9j0K1l2'],
    ['OTHER', '0123456789abcdef0123456789abcdef'],
    ['OTHER', '-----BEGIN PRIVATE KEY-----'],
  ])('is a secret: %s=%s', (name, value) => {
    expect(isSecretValue(name, value)).toBe(true);
    expect(shownValue(name, value)).toBeNull();
  });

  test.each([
    ['DEBUG', '1'],
    ['HOME', '/home/me'],
    ['npm_config_node_options', '--require /tmp/A1b2C3d4E5f6G7h8I9j0K1l2.js'],
    ['GIT_ASKPASS', '/tmp/x.sh'],
    ['GIT_CONFIG_KEY_0', 'core.sshCommand'],
    ['TOKEN_FILE', '/run/token'],
    ['API_KEY', ''],
  ])('is none: %s=%s', (name, value) => {
    expect(shownValue(name, value)).toBe(value);
  });

  test.each([
    ['postgres://me:sesame@db:5432/shop', 'postgres://me:•••@db:5432/shop'],
    ['https://user:sesame@index.example/simple', 'https://user:•••@index.example/simple'],
    ['https://x.example/mcp?api_key=sesame&a=1', 'https://x.example/mcp?api_key=•••&a=1'],
  ])('is an address that is shown without its password: %s', (value, shown) => {
    expect(shownValue('OTHER', value)).toBe(shown);
    expect(isSecretValue('OTHER', value)).toBe(true);
  });
});
