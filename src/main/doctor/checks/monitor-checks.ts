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
        must(code === UNAUTHORIZED, `it was closed with ${code} instead of ${UNAUTHORIZED}`);
      } finally {
        silent.end();
      }
      return `closed with ${UNAUTHORIZED} when no key came`;
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
      must(refused instanceof Failure, 'a web page of another site could open it');
      must(refused.message === 'refused with 403', `${refused.message} instead of 403`);
      return '403 for a web page of another site';
    },
  },
  {
    name: 'monitor',
    async run(context) {
      const monitor = await openMonitor(context.url, { authorization: `Bearer ${context.need('client').client_key}` });
      context.keep({ monitor });
      const { epoch, seq } = await monitor.next(({ type }) => type === 'hello', 5_000, 'hello');
      const { sessions } = await monitor.next(({ type }) => type === 'snapshot', 5_000, 'the snapshot');
      return `hello at ${epoch}:${seq}, snapshot with ${sessions.length} sessions`;
    },
  },
];

export const healthUpdateChecks: Check[] = [
  {
    name: 'health updates',
    async run(context) {
      const monitor = context.need('monitor');
      const next = () => monitor.next(({ type }) => type === 'health_update', HEALTH_MS, 'a health_update');
      const [first, second] = [await next(), await next()];
      const apart = second.data.timestamp - first.data.timestamp;
      must(apart > 0, 'the second one is not newer than the first');
      const session = context.things.session;
      const listed = second.data.sessions.some(({ session_id }: { session_id: string }) => session_id === session);
      must(!session || listed, 'the session is not in it');
      return `two of them, ${(apart / 1000).toFixed(1)} s apart, with the session in them`;
    },
  },
];
