import { ask, askRaw } from '../../http';
import { must, mustBe } from '../failure';
import type { Check } from '../run';

const SESSIONS = '/api/mcp/sessions';
const FOREIGN = 'http://evil.example';

export const endpointChecks: Check[] = [
  {
    name: 'health',
    async run(world) {
      const answer = await ask(`${world.url}/api/mcp/health`).catch((error) => {
        world.keep({ silent: true });
        throw error;
      });
      must(
        answer.status === 200 && answer.body?.name === 'Holdfast',
        `something answers at ${world.url}, and it is not Holdfast. Is endpoint.json left from a Holdfast that was killed?`,
      );
      world.keep({ alive: true });
      const { version, uptime_ms } = answer.body;
      must(version === world.version, `it is version ${version}, and endpoint.json names ${world.version}`);
      return `Holdfast ${version} at ${world.url}, up for ${Math.round(uptime_ms / 1000)} s, process ${world.pid}`;
    },
  },
  {
    name: 'key needed',
    async run(world) {
      world.need('alive');
      const missing = await ask(world.url + SESSIONS);
      mustBe(missing, 401);
      must(missing.headers.get('www-authenticate')?.startsWith('Bearer'), 'the 401 has no WWW-Authenticate: Bearer');
      mustBe(await ask(world.url + SESSIONS, { key: 'hf_not-a-key-of-anybody' }), 401);
      return '401 without a key and with a wrong one';
    },
  },
  {
    name: 'foreign Origin',
    async run(world) {
      mustBe(await ask(world.url + SESSIONS, { key: world.adminKey, headers: { origin: FOREIGN } }), 403);
      return '403 for a web page of another site';
    },
  },
  {
    name: 'foreign Host',
    async run(world) {
      const { port } = new URL(world.url);
      const authorization = `Bearer ${world.adminKey}`;
      mustBe(await askRaw(world.url + SESSIONS, { host: `evil.example:${port}`, authorization }), 403);
      return '403 for a name that only points to this machine (DNS rebinding)';
    },
  },
];
