import { said } from '../../../shared/messages/said';
import type { Check } from '../check';
import { Failure, must } from '../failure';
import { openMonitor } from '../monitor-client';

const UNAUTHORIZED = 4401;
/** How long to wait for a health update; one comes every five seconds. */
const HEALTH_MS = 7_000;

export const monitorChecks: Check[] = [
  {
    name: 'monitor needs a key',
    async run(context) {
      context.need('alive');
      const silent = await openMonitor(context.url, {});
      try {
        const code = await silent.closed(5_000);
        must(code === UNAUTHORIZED, said('said.check.monitor.code', { code, expected: UNAUTHORIZED }));
      } finally {
        silent.end();
      }
      return said('said.check.monitor.key_ok', { code: UNAUTHORIZED });
    },
  },
  {
    name: 'monitor, foreign Origin',
    async run(context) {
      const headers = { authorization: `Bearer ${context.adminKey}`, origin: 'http://evil.example' };
      const refused = await openMonitor(context.url, headers).then(
        (monitor) => monitor.end(),
        (error) => error,
      );
      must(refused instanceof Failure, said('said.check.monitor.foreign'));
      must(refused.message === said('said.check.monitor.refused', { status: 403 }), () =>
        said('said.check.monitor.not_403', { why: refused.message }),
      );
      return said('said.check.origin.ok');
    },
  },
  {
    name: 'monitor',
    async run(context) {
      const monitor = await openMonitor(context.url, { authorization: `Bearer ${context.need('client').client_key}` });
      context.keep({ monitor });
      const { epoch, seq } = await monitor.next(({ type }) => type === 'hello', 5_000, 'hello');
      const { sessions } = await monitor.next(({ type }) => type === 'snapshot', 5_000, 'snapshot');
      return said('said.check.monitor.ok', { epoch, seq, count: sessions.length });
    },
  },
];

export const healthUpdateChecks: Check[] = [
  {
    name: 'health updates',
    async run(context) {
      const monitor = context.need('monitor');
      const next = () => monitor.next(({ type }) => type === 'health_update', HEALTH_MS, 'health_update');
      const [first, second] = [await next(), await next()];
      const apart = second.data.timestamp - first.data.timestamp;
      must(apart > 0, said('said.check.updates.order'));
      const session = context.things.session;
      const listed = second.data.sessions.some(({ session_id }: { session_id: string }) => session_id === session);
      must(!session || listed, said('said.check.updates.absent'));
      return said('said.check.updates.ok', { seconds: (apart / 1000).toFixed(1) });
    },
  },
];
