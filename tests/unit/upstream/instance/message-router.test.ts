import { beforeEach, describe, expect, test } from 'vitest';
import { asServerMessage, type JsonRpcMessage, type RequestId } from '#src/main/mcp/json-rpc';
import { valuesIn } from '#src/main/mcp/message-text';
import type { InstanceActivity } from '#src/main/upstream/instance/instance-activity';
import { MessageRouter } from '#src/main/upstream/instance/message-router';
import type { RoutedChannel } from '#src/main/upstream/instance/routed-channel';
import { SafeCalls } from '#src/main/upstream/instance/safe-calls';
import type { ServerConnection } from '#src/main/upstream/server-connection';
import { MINUTE } from '#src/shared/model/units';
import { FakeClock } from '#tests/support/fake-clock';

/** A session's end of the router, which keeps what it gets. */
class Ear implements RoutedChannel {
  readonly takesNotes = false;
  readonly got: [message: JsonRpcMessage, relatedTo: RequestId | null][] = [];
  readonly sessionKey: string;
  readonly answers: readonly string[];

  constructor(sessionKey: string, answers: readonly string[] = ['elicitation/create', 'sampling/createMessage']) {
    this.sessionKey = sessionKey;
    this.answers = answers;
  }

  can(method: string): boolean {
    return this.answers.includes(method);
  }

  deliver(message: JsonRpcMessage, relatedTo: RequestId | null): void {
    this.got.push([message, relatedTo]);
  }

  /** What it was told, in words. */
  get heard(): string[] {
    return this.got.map(([message, relatedTo]) => {
      const what = 'method' in message ? message.method : `answer ${message.id}`;
      return relatedTo === null ? what : `${what} in ${relatedTo}`;
    });
  }
}

const quiet = { sent() {}, asks() {}, answered() {}, takenBack() {}, tells() {}, down() {}, lost() {} };
const HOST = 's_host';
const GUEST = 's_guest';

let sent: JsonRpcMessage[];
/** What the next Holdfast would know of what was asked: whom, and whether it can be asked again. */
let kept: Map<RequestId, [string, boolean]>;
/** How often that was written to the disk. */
let writes: number;
let away: Set<string>;
let clock: FakeClock;
let own: string;
let router: MessageRouter;

beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  kept = new Map();
  writes = 0;
  away = new Set();
  own = HOST;
  router = new MessageRouter({
    isShared: false,
    own: () => own,
    isAway: (key) => away.has(key),
    safe: new SafeCalls(),
    activity: quiet as unknown as InstanceActivity,
    clock,
    timers: clock,
    clientSettings: {},
    onClientSettings: () => {},
    ask: (method, params) => sent.push({ jsonrpc: '2.0', id: 0, method, params }),
    asked: (questions) => {
      writes += 1;
      for (const { question_id, session_key, message } of questions)
        kept.set(question_id, [session_key, message !== null]);
    },
    settled: (ids) => {
      writes += 1;
      for (const id of ids) kept.delete(id);
    },
  });
  router.up({ send: (message: JsonRpcMessage) => sent.push(message) } as unknown as ServerConnection, false);
});

function shared(asked = HOST, hostAnswers?: readonly string[]): { host: Ear; guest: Ear } {
  const host = new Ear(HOST, hostAnswers);
  const guest = new Ear(GUEST);
  router.share({ asked, other: asked === HOST ? GUEST : HOST }, HOST);
  for (const ear of [host, guest]) router.attach(ear);
  return { host, guest };
}

const call = (ear: Ear, id: number, method = 'tools/call', params = {}) =>
  router.request(ear, { jsonrpc: '2.0', id, method, params }, false);
const say = (method: string, params = {}) => router.take({ jsonrpc: '2.0', method, params }, null);
/** As it arrives, with its text. */
function ask(id: number, method = 'elicitation/create', params = {}): void {
  const [message = null] = valuesIn(JSON.stringify({ jsonrpc: '2.0', id, method, params })).map(asServerMessage);
  if (message) router.take(message, null);
}

describe('an instance that two sessions share', () => {
  test('answers whoever called, and tells both what belongs to nobody', () => {
    const { host, guest } = shared();
    call(host, 1);
    call(guest, 2, 'tools/call', { _meta: { progressToken: 2 } });
    say('notifications/progress', { progressToken: 2, progress: 1 });
    say('notifications/message', { level: 'info' });
    say('notifications/resources/list_changed');
    for (const id of [2, 1]) router.take({ jsonrpc: '2.0', id, result: {} }, null);
    const toBoth = ['notifications/message', 'notifications/resources/list_changed'];
    expect(host.heard).toEqual([...toBoth, 'answer 1 in 1']);
    expect(guest.heard).toEqual(['notifications/progress in 2', ...toBoth, 'answer 2 in 2']);
  });

  test('is cancelled only by whoever called', () => {
    const { host, guest } = shared();
    call(host, 1);
    const cancel = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } } as const;
    const before = sent.length;
    router.notify(guest, cancel);
    expect(sent).toHaveLength(before);
    router.notify(host, cancel);
    expect(sent.at(-1)).toEqual(cancel);
  });

  test('asks the one that is chosen, within its own call or outside any; the other one while that is away', () => {
    const { host, guest } = shared();
    call(guest, 1);
    ask(10);
    call(host, 2);
    router.take({ jsonrpc: '2.0', id: 1, result: {} }, null);
    ask(11);
    away.add(HOST);
    ask(12);
    expect(host.heard).toEqual(['elicitation/create', 'elicitation/create in 2']);
    expect(guest.heard.slice(1)).toEqual(['elicitation/create']);
    away.add(GUEST);
    ask(13);
    expect(host.heard, 'of two that are away the chosen one').toHaveLength(3);
  });

  test('is refused what the one that is asked does not do', () => {
    shared(HOST, []);
    ask(10, 'sampling/createMessage');
    expect(sent).toMatchObject([{ id: 10, error: { code: -32601 } }]);
  });

  test('asks again what the one that has left did not answer, unless that is large', () => {
    ask(9, 'sampling/createMessage');
    const { host, guest } = shared();
    ask(10);
    ask(11, 'elicitation/create', { message: 'x'.repeat(40_000) });
    call(guest, 1, 'resources/subscribe', { uri: 'a:b' });
    call(host, 2, 'resources/subscribe', { uri: 'a:c' });
    for (const id of [1, 2]) router.take({ jsonrpc: '2.0', id, result: {} }, null);
    own = GUEST;
    router.share(null, GUEST);
    expect(host.heard.filter((one) => one === 'notifications/cancelled')).toHaveLength(3);
    expect(guest.heard.slice(-2)).toEqual(['sampling/createMessage', 'elicitation/create']);
    expect(sent).toContainEqual({ jsonrpc: '2.0', id: 11, result: { action: 'cancel' } });
    expect(sent.at(-1), 'what only it wanted').toMatchObject({
      method: 'resources/unsubscribe',
      params: { uri: 'a:c' },
    });
    router.respond(guest, { jsonrpc: '2.0', id: 10, result: {} });
    router.respond(guest, { jsonrpc: '2.0', id: 10, result: {} });
    expect(sent.filter((message) => 'id' in message && message.id === 10)).toHaveLength(1);
  });

  test('keeps for each what came while it was not there', () => {
    router.share({ asked: HOST, other: GUEST }, HOST);
    say('notifications/tools/list_changed');
    ask(10);
    const guest = new Ear(GUEST);
    router.attach(guest);
    expect(guest.heard).toEqual(['notifications/tools/list_changed']);
    const host = new Ear(HOST);
    router.attach(host);
    expect(host.heard).toEqual(['notifications/tools/list_changed', 'elicitation/create']);
  });

  test('goes on with the calls of a session that is there, and cancels those of one that has ended', () => {
    const { host, guest } = shared();
    call(host, 1);
    call(guest, 2);
    router.detach(guest);
    router.share(null, HOST);
    expect(sent.filter((message) => 'method' in message && message.method === 'notifications/cancelled')).toEqual([]);
    const again = new Ear(GUEST);
    router.attach(again);
    call(again, 3);
    router.detach(again);
    expect(sent.at(-1)).toMatchObject({ method: 'notifications/cancelled', params: { requestId: 3 } });
    router.detach(host);
    expect(sent.at(-1)).toMatchObject({ params: { requestId: 3 } });
  });

  test('leaves the calls of a channel that goes to another instance unanswered, with an error for it', () => {
    const { guest } = shared();
    call(guest, 1);
    router.leave(guest, 'It went elsewhere.');
    expect(guest.got.at(-1)).toMatchObject([{ id: 1, error: { message: 'It went elsewhere.' } }, 1]);
    router.take({ jsonrpc: '2.0', id: 1, result: {} }, null);
    expect(guest.got).toHaveLength(1);
  });

  test('keeps what waits for the host when sharing begins for it', () => {
    say('notifications/message', { level: 'info' });
    ask(10);
    router.share({ asked: HOST, other: GUEST }, HOST);
    const [guest, host] = [new Ear(GUEST), new Ear(HOST)];
    for (const ear of [guest, host]) router.attach(ear);
    expect(guest.heard).toEqual([]);
    expect(host.heard).toEqual(['notifications/message', 'elicitation/create']);
  });

  test('learns what a session has set elsewhere, if that is news to it', () => {
    const { host, guest } = shared();
    call(host, 1, 'resources/subscribe', { uri: 'a:b' });
    router.take({ jsonrpc: '2.0', id: 1, result: {} }, null);
    router.bring(GUEST, { logLevel: 'error', subscriptions: ['a:b', 'a:c'] });
    expect(sent.slice(1)).toMatchObject([
      { method: 'resources/subscribe', params: { uri: 'a:c' } },
      { method: 'logging/setLevel', params: { level: 'error' } },
    ]);
    say('notifications/resources/updated', { uri: 'a:c' });
    say('notifications/message', { level: 'info' });
    expect(guest.heard).toEqual(['notifications/resources/updated']);
    expect(host.heard).toEqual(['answer 1 in 1', 'notifications/message']);
  });

  test('takes back what a channel was asked that goes to another instance, and asks the one that stays', () => {
    const { host, guest } = shared(GUEST);
    ask(10);
    router.leave(guest, 'It went elsewhere.');
    router.detach(guest);
    expect(guest.heard).toEqual(['elicitation/create', 'notifications/cancelled']);
    router.share(null, HOST);
    expect(host.heard).toEqual(['elicitation/create']);
    router.respond(host, { jsonrpc: '2.0', id: 10, result: {} });
    expect(sent).toEqual([{ jsonrpc: '2.0', id: 10, result: {} }]);
  });

  test('keeps for the next Holdfast what is open, of what was asked before sharing began and since', () => {
    const { host, guest } = (() => {
      router.attach(new Ear(HOST));
      ask(9);
      expect([...kept], 'one alone is asked again by nobody').toEqual([]);
      return shared();
    })();
    ask(10);
    ask(11, 'elicitation/create', { message: 'x'.repeat(40_000) });
    expect([...kept]).toEqual([
      [9, [HOST, true]],
      [10, [HOST, true]],
      [11, [HOST, false]],
    ]);
    router.respond(host, { jsonrpc: '2.0', id: 10, result: {} });
    say('notifications/cancelled', { requestId: 11 });
    expect([...kept.keys()]).toEqual([9]);
    call(guest, 1);
    router.down('It is gone.', []);
    expect([...kept]).toEqual([]);
  });

  test('knows what was asked before a restart: it is answered once, by whom it was asked, or asked again', () => {
    const asked = { method: 'elicitation/create', in_own_call: false };
    const message = (id: number) => ({ jsonrpc: '2.0', id, method: 'elicitation/create' }) as const;
    router.share({ asked: HOST, other: GUEST }, HOST);
    router.restore([
      { ...asked, question_id: 10, session_key: HOST, message: message(10) },
      { ...asked, question_id: 11, session_key: HOST, message: message(11) },
      { ...asked, question_id: 12, session_key: HOST, message: null },
      { ...asked, question_id: 13, session_key: 's_left', message: message(13) },
    ]);
    const [host, guest] = [new Ear(HOST), new Ear(GUEST)];
    for (const ear of [host, guest]) router.attach(ear);
    expect(host.heard, 'for one that has left, who stays is asked').toEqual(['elicitation/create']);
    for (const ear of [guest, host, host])
      router.respond(ear, { jsonrpc: '2.0', id: 10, result: { by: ear.sessionKey } });
    expect(sent).toEqual([{ jsonrpc: '2.0', id: 10, result: { by: HOST } }]);
    own = GUEST;
    router.share(null, GUEST);
    expect(guest.heard).toEqual(['elicitation/create', 'elicitation/create']);
    expect(sent).toContainEqual({ jsonrpc: '2.0', id: 12, result: { action: 'cancel' } });
  });

  test('writes many questions at once', () => {
    router.attach(new Ear(HOST));
    const ids = [10, 11, 12];
    for (const id of ids) ask(id);
    shared();
    expect([[...kept.keys()], writes]).toEqual([ids, 1]);
    router.share(null, GUEST);
    expect([kept.size, writes], 'who is asked now is alone').toEqual([0, 2]);
    for (const id of ids) ask(id);
    shared();
    expect([kept.size, writes]).toEqual([3, 3]);
    router.down('It is gone.', []);
    expect([kept.size, writes]).toEqual([0, 4]);
    const asked = { method: 'elicitation/create', in_own_call: false, session_key: 's_left' };
    router.restore(
      ids.map((id) => ({ ...asked, question_id: id, message: { jsonrpc: '2.0', id, method: asked.method } })),
    );
    expect([[...kept.values()], writes]).toEqual([ids.map(() => [HOST, true]), 6]);
  });

  test.each([
    ['waits for the call that asks: it goes on', false],
    ['has a handle for the call that asks: it ends after ten minutes', true],
  ])('knows what was asked before a restart within a call of the same session, whose client %s', (_, isHandedOut) => {
    router.up(
      { send: (one: JsonRpcMessage) => sent.push(one), mayAnswer: () => true } as unknown as ServerConnection,
      true,
    );
    router.share({ asked: HOST, other: GUEST }, HOST);
    const message = { jsonrpc: '2.0', id: 10, method: 'elicitation/create' } as const;
    router.restore([{ method: message.method, in_own_call: true, question_id: 10, session_key: HOST, message }]);
    const host = new Ear(HOST);
    router.attach(host);
    router.resume(host, [{ id: 1, method: 'tools/call', name: 'ask', isHandedOut }]);
    clock.advance(9 * MINUTE);
    router.sweep();
    expect(sent).toEqual([]);
    clock.advance(2 * MINUTE);
    router.sweep();
    const ended = [{ id: 10, error: { message: 'Nobody answered within 10 minutes.' } }];
    expect(sent).toMatchObject(isHandedOut ? ended : []);
    router.take({ jsonrpc: '2.0', id: 1, result: {} }, null);
    router.sweep();
    expect(sent, 'with the call that asks, at the latest').toMatchObject(ended);
  });

  test('takes an answer only from the session that was asked, whatever the other one still has open', () => {
    const { host, guest } = shared();
    ask(10);
    router.respond(guest, { jsonrpc: '2.0', id: 10, result: { action: 'accept' } });
    expect(sent).toEqual([]);
    router.respond(host, { jsonrpc: '2.0', id: 10, result: { action: 'decline' } });
    expect(sent).toEqual([{ jsonrpc: '2.0', id: 10, result: { action: 'decline' } }]);
  });
});

test('what a server asks before anybody is there is answered by whoever gets it', () => {
  own = 's_reserved';
  ask(10);
  const ear = new Ear('s_later');
  router.attach(ear);
  router.respond(ear, { jsonrpc: '2.0', id: 10, result: {} });
  expect(sent).toEqual([{ jsonrpc: '2.0', id: 10, result: {} }]);
});
