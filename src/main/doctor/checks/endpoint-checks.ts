import { type Sentence, said } from '../../../shared/messages/said';
import { ask, askRaw } from '../../platform/ask';
import { wrongKeyOfDoctor } from '../../platform/wrong-key';
import type { Check } from '../check';
import { must, mustBe } from '../failure';

const SESSIONS = '/api/mcp/sessions';
const FOREIGN = 'http://evil.example';

export const endpointChecks: Check[] = [
  {
    name: 'health',
    remedy: said('said.check.health.remedy'),
    async run(context) {
      const answer = await ask(`${context.url}/api/mcp/health`).catch((error) => {
        context.keep({ silent: true });
        throw error;
      });
      must(
        answer.status === 200 && answer.body?.name === 'Holdfast',
        said('said.check.health.other', { url: context.url }),
      );
      context.keep({ alive: true });
      const { version, uptime_ms } = answer.body;
      must(version === context.version, said('said.check.health.version', { version, named: context.version }));
      return said('said.check.health.ok', {
        version,
        url: context.url,
        seconds: Math.round(uptime_ms / 1000),
        pid: context.pid,
      });
    },
  },
  {
    name: 'key needed',
    async run(context) {
      const wrongKey = wrongKeyOfDoctor(context.adminKey);
      const missing = await ask(context.url + SESSIONS);
      mustBe(missing, 401);
      must(missing.headers.get('www-authenticate')?.startsWith('Bearer'), said('said.check.key.no_header'));
      mustBe(await ask(context.url + SESSIONS, { key: wrongKey }), 401);
      return said('said.check.key.ok');
    },
  },
  {
    name: 'foreign Origin',
    async run(context) {
      mustBe(await ask(context.url + SESSIONS, { key: context.adminKey, headers: { origin: FOREIGN } }), 403);
      return said('said.check.origin.ok');
    },
  },
  {
    name: 'foreign Host',
    async run(context) {
      const { port } = new URL(context.url);
      const authorization = `Bearer ${context.adminKey}`;
      mustBe(await askRaw(context.url + SESSIONS, { host: `evil.example:${port}`, authorization }), 403);
      return said('said.check.host.ok');
    },
  },
  {
    name: 'secrets of servers',
    remedy: said('said.check.secrets.remedy'),
    async run(context) {
      const answer = await ask(`${context.url}/api/mcp/servers`, { key: context.adminKey });
      mustBe(answer, 200);
      const { protection, problem } = answer.body?.secrets ?? {};
      must(typeof protection === 'string', said('said.check.secrets.unsaid'));
      must(problem === null, problem as Sentence);
      return protection as Sentence;
    },
  },
];
