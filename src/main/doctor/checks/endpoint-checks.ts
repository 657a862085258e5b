import { ask, askRaw } from '../../platform/ask';
import { wrongKeyOfDoctor } from '../../platform/wrong-key';
import type { Check } from '../check';
import { must, mustBe } from '../failure';

const SESSIONS = '/api/mcp/sessions';
const FOREIGN = 'http://evil.example';

export const endpointChecks: Check[] = [
  {
    name: 'health',
    remedy: 'Quit what else uses the address, or set HOLDFAST_PORT to another port, and start Holdfast again.',
    async run(context) {
      const answer = await ask(`${context.url}/api/mcp/health`).catch((error) => {
        context.keep({ silent: true });
        throw error;
      });
      must(
        answer.status === 200 && answer.body?.name === 'Holdfast',
        `something answers at ${context.url}, and it is not Holdfast. Is endpoint.json left from a Holdfast that was killed?`,
      );
      context.keep({ alive: true });
      const { version, uptime_ms } = answer.body;
      must(version === context.version, `it is version ${version}, and endpoint.json names ${context.version}`);
      return `Holdfast ${version} at ${context.url}, up for ${Math.round(uptime_ms / 1000)} s, process ${context.pid}`;
    },
  },
  {
    name: 'key needed',
    async run(context) {
      const wrongKey = wrongKeyOfDoctor(context.adminKey);
      const missing = await ask(context.url + SESSIONS);
      mustBe(missing, 401);
      must(missing.headers.get('www-authenticate')?.startsWith('Bearer'), 'the 401 has no WWW-Authenticate: Bearer');
      mustBe(await ask(context.url + SESSIONS, { key: wrongKey }), 401);
      return '401 without a key and with a wrong one';
    },
  },
  {
    name: 'foreign Origin',
    async run(context) {
      mustBe(await ask(context.url + SESSIONS, { key: context.adminKey, headers: { origin: FOREIGN } }), 403);
      return '403 for a web page of another site';
    },
  },
  {
    name: 'foreign Host',
    async run(context) {
      const { port } = new URL(context.url);
      const authorization = `Bearer ${context.adminKey}`;
      mustBe(await askRaw(context.url + SESSIONS, { host: `evil.example:${port}`, authorization }), 403);
      return '403 for a name that only points to this machine (DNS rebinding)';
    },
  },
  {
    name: 'secrets of servers',
    remedy: 'Unlock the keychain of your system, then start Holdfast again.',
    async run(context) {
      const answer = await ask(`${context.url}/api/mcp/servers`, { key: context.adminKey });
      mustBe(answer, 200);
      const { protection, problem } = answer.body?.secrets ?? {};
      must(typeof protection === 'string', 'the list of servers does not say where their secrets are');
      must(problem === null, `${problem}`);
      return protection;
    },
  },
];
