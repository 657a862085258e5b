import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect } from 'vitest';
import { Webhook } from '#src/main/alerts/webhook';
import { DIRECT } from '#src/main/http-client/network';
import type { Alert } from '#src/shared/contract/alert';
import { FakeClock } from '#tests/support/fake-clock';
import { disposing, folderTest } from '#tests/support/fixtures';
import { pass, startReceiver } from './support';

const alert: Alert = {
  id: 'server_down:server:a:1',
  kind: 'server_down',
  about: { server: 'a' },
  values: { name: 'a', reason: 'failed' },
  sentence: 'The server a is down.',
  since: 1,
  told_at: 2,
  ended_at: null,
};

const test = folderTest
  .extend('receive', ({}, { onCleanup }) => disposing(onCleanup, startReceiver, (receiver) => receiver.close()))
  .extend('clock', () => new FakeClock())
  .extend('problems', () => [] as object[])
  .extend('hook', ({ clock, problems }, { onCleanup }) =>
    disposing(
      onCleanup,
      (url: string) =>
        new Webhook({
          network: DIRECT,
          timers: clock,
          address: () => url,
          log: { warn: (details) => void problems.push(details) },
        }),
      (webhook) => webhook.close(),
    ),
  );

const yes = (res: ServerResponse) => void res.writeHead(204).end();
const FAULTS: [string, (res: ServerResponse, req: IncomingMessage) => void][] = [
  ['hangs', () => {}],
  ['answers 500', (res) => void res.writeHead(500).end('broken')],
  ['cuts the connection', (_res, req) => req.socket.destroy()],
  ['never ends its answer to a failure', (res) => void res.writeHead(503).write('x')],
];

test('an alert is one line of JSON, and so is its end, in order', async ({ receive, hook, clock }) => {
  const receiver = await receive(yes);
  const webhook = hook(receiver.url);
  webhook.post({ opened: [alert], closed: [] });
  webhook.post({ opened: [], closed: [{ ...alert, ended_at: 3 }] });
  await pass(clock, 1, () => receiver.bodies.length === 2);
  for (const body of receiver.bodies) expect(body.indexOf('\n')).toBe(body.length - 1);
  const { told_at: _, ...shown } = alert;
  expect(receiver.bodies.map((body) => JSON.parse(body))).toEqual([
    { type: 'alert_opened', ...shown },
    { type: 'alert_closed', ...shown, ended_at: 3 },
  ]);
});

test('a test is posted once, at once, and says why it was not taken', async ({ receive, hook }) => {
  const receiver = await receive(yes);
  expect(await hook(receiver.url).test()).toBeNull();
  expect(receiver.bodies.map((body) => JSON.parse(body))).toEqual([
    { type: 'test', sentence: 'This is a test from Holdfast.' },
  ]);
  const refusing = await receive((res) => void res.writeHead(404).end());
  expect(await hook(refusing.url).test()).toBe('answered 404');
  expect(refusing.bodies).toHaveLength(1);
});

describe.each(FAULTS)('a receiver that %s', (_name, fault) => {
  test('is tried three times, then the next alert has its turn', async ({ receive, hook, clock, problems }) => {
    const receiver = await receive((res, req) => (receiver.bodies.length <= 3 ? fault(res, req) : yes(res)));
    const webhook = hook(receiver.url);
    webhook.post({ opened: [alert, { ...alert, id: 'next' }], closed: [] });
    const began = clock.monotonic();
    await pass(clock, 50, () => receiver.bodies.length === 4);
    expect(receiver.bodies.map((body) => JSON.parse(body).id)).toEqual([alert.id, alert.id, alert.id, 'next']);
    expect(clock.monotonic() - began).toBeLessThan(30_000);
    expect(problems).toEqual([{ host: new URL(receiver.url).host, problem: expect.any(String) }]);
  });
});

test('a redirect is not followed, wherever it leads', async ({ receive, hook, clock, problems }) => {
  const other = await receive(yes);
  const receiver = await receive((res) => void res.writeHead(307, { location: other.url }).end());
  hook(receiver.url).post({ opened: [alert], closed: [] });
  await pass(clock, 50, () => problems.length === 1);
  expect(receiver.bodies).toHaveLength(3);
  expect(other.bodies).toEqual([]);
  expect(problems).toMatchObject([{ problem: 'answered 307' }]);
});

test('of a flood the newest hundred are kept', async ({ receive, hook, clock }) => {
  const receiver = await receive(yes);
  const webhook = hook(receiver.url);
  for (let at = 0; at < 500; at += 1) webhook.post({ opened: [{ ...alert, id: String(at) }], closed: [] });
  await pass(clock, 1, () => receiver.bodies.some((body) => JSON.parse(body).id === '499'));
  // One is under way already when the others wait.
  expect(receiver.bodies).toHaveLength(101);
});

test('what is closed posts nothing more and leaves no timer', async ({ receive, hook, clock }) => {
  const receiver = await receive((res) => void res.writeHead(500).end());
  const webhook = hook(receiver.url);
  webhook.post({ opened: [alert], closed: [] });
  await pass(clock, 10, () => receiver.bodies.length === 1);
  webhook.close();
  await pass(clock, 10, () => clock.pending === 0);
  webhook.post({ opened: [alert], closed: [] });
  expect(receiver.bodies).toHaveLength(1);
});
