import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { minimalEnvironment } from '#src/main/upstream/keeper/environment';
import { inRepository } from '#tests/support/paths';

const NETWORK = {
  HTTPS_PROXY: 'http://proxy:3128',
  https_proxy: 'http://proxy:3128',
  NO_PROXY: 'localhost',
  NODE_EXTRA_CA_CERTS: '/etc/corp.pem',
  SSL_CERT_FILE: '/etc/corp.pem',
  SSH_AUTH_SOCK: '/run/agent',
  DISPLAY: ':0',
  XDG_RUNTIME_DIR: '/run/user/1000',
};

test('a process gets proxies, certificates, agents and the display', () => {
  expect(minimalEnvironment({ PATH: '/bin', ...NETWORK })).toEqual({ PATH: '/bin', ...NETWORK });
});

test('a process gets nothing else, and no exported function of a shell', () => {
  const secrets = { AWS_SECRET_ACCESS_KEY: 'x', GITHUB_TOKEN: 'x', NODE_OPTIONS: '--require x', PYTHONPATH: '/x' };
  expect(minimalEnvironment({ ...secrets, DISPLAY: '() { :; }' })).toEqual({});
});

test('the documentation names every variable that is passed on', () => {
  const docs = readFileSync(inRepository('docs/servers-json.md'), 'utf8');
  const everything = new Proxy({}, { get: (_, name) => String(name) });
  const missing = Object.keys(minimalEnvironment(everything))
    .filter((name) => !/^XDG_/.test(name) && name === name.toUpperCase())
    .filter((name) => !docs.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
