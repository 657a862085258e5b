import { describe, expect } from 'vitest';
import { type Answer, McpHttp } from '#tests/support/clients/mcp-http';
import { statelessRequest } from '#tests/support/clients/stateless-request';
import { COUNTER } from '#tests/support/paths';
import { type Window, windowTest } from '../servers-api/support';

/** What is kept of a message is cut, and a secret that stands across the cut is hidden before that: only its value tells that it is one. */

const SECRET = 'plain words that nobody takes for a key, canary 77d1';
/** Whatever is left of it would be found by its beginning. */
const BEGINS = SECRET.slice(0, 5);

const test = windowTest.extend('hostOptions', { trustServers: true }).extend('window', async ({ window }) => {
  const env = { API_TOKEN: SECRET };
  await window.call('servers.save', {
    server: { name: 'counter', command: process.execPath, args: [COUNTER], env },
  });
  return window;
});

/** Some places before each cut, so that it goes through the beginning, the middle and the end of the secret. */
const across = (cut: number) => [5, 20, SECRET.length - 1].map((part) => 'x'.repeat(cut - part) + SECRET);

async function rowsOf(window: Window) {
  const { activity } = await window.call('activity.list', {});
  return activity.filter(({ method }) => method !== 'initialize' && method !== 'tools/list');
}

describe.for(['sessionful', 'stateless'] as const)('what a %s client is recorded with', (policy) => {
  test.for(['/mcp', '/mcp/counter'])(
    'has no part of a secret at %s, wherever names and errors are cut',
    { timeout: 60_000 },
    async (path, { host, window }) => {
      const client = new McpHttp({ url: `${host.url}${path}` }, host.newClient('test', policy).key);
      if (policy === 'sessionful') await client.initialize();
      const ask = (method: string, params: { name?: string; uri?: string; arguments?: object }): Promise<Answer> => {
        if (policy === 'sessionful') return client.request(method, params);
        return client.post(...statelessRequest(method, params));
      };
      for (const name of [...across(200), ...across(500)]) {
        await (await ask('tools/call', { name, arguments: {} })).stream?.rest();
        await (await ask('resources/read', { uri: encodeURIComponent(name) })).stream?.rest();
      }
      const rows = await rowsOf(window);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.some(({ name }) => name?.includes('•'))).toBe(true);
      for (const { name, error } of rows) expect([name, error].join('\n')).not.toContain(BEGINS);
      const { events } = host.services.store.events.between(0, Number.MAX_SAFE_INTEGER, undefined, 500);
      expect(JSON.stringify(events)).not.toContain(BEGINS);
    },
  );
});
