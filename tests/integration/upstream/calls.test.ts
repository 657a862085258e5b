import { describe, expect } from 'vitest';
import { FakeClock } from '#tests/support/fake-clock';
import { counter } from '#tests/support/servers/configs';
import { eventually, isAlive, upstreamTest as test } from './support';

const SESSION = `s_${'a'.repeat(22)}`;
const OTHER = `s_${'b'.repeat(22)}`;
const RESERVED = `s_${'c'.repeat(22)}`;

describe('a server of one session', () => {
  test('is started by the first initialize, answers it and counts its calls', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.channel('one', SESSION);
    expect(upstream.eventsOf('server_started')).toHaveLength(0);
    const { result } = await end.initialize();
    expect(result).toMatchObject({ serverInfo: { name: 'counter' }, capabilities: { tools: {} } });
    expect(await end.call('count')).toMatchObject({ n: 1 });
    const { pid } = await end.call('count');
    const { payload, session_id } = await upstream.event('server_started');
    expect(payload).toMatchObject({ server: 'one', cause: 'use', state_lost: false, pid });
    expect(session_id).toBe(SESSION);
    expect(upstream.eventsOf('keeper_started')).toHaveLength(1);
    expect(upstream.servers.keeper).toMatchObject({ children: 1 });
  });

  test('gets what its client says of itself, once, whoever initializes it after', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const first = await upstream.use('one', SESSION);
    await first.call('count');
    const second = await upstream.channel('one', SESSION);
    const { result } = await second.initialize({ clientInfo: { name: 'another', version: '2' } });
    expect(result).toMatchObject({ serverInfo: { name: 'counter' } });
    expect(await second.call('peek')).toMatchObject({ n: 1 });
    const state = await second.call('state');
    expect(state.initialize).toMatchObject({ clientInfo: { name: 'test' }, capabilities: { elicitation: {} } });
    expect(state.initialized).toBe(1);
  });

  test('has a separate process for each session', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const [first, second] = await Promise.all([upstream.use('one', SESSION), upstream.use('one', OTHER)]);
    await first.call('count');
    const [one, two] = await Promise.all([first.call('peek'), second.call('peek')]);
    expect([one.n, two.n]).toEqual([1, 0]);
    expect(one.pid).not.toBe(two.pid);
    expect(upstream.servers.stateOf('one')).toMatchObject({ state: 'running', sessions_using: 2 });
  });

  test('serves the session that is made for its transport', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    upstream.reserve(RESERVED);
    const end = await upstream.use('one', RESERVED);
    const { pid } = await end.call('count');
    expect(upstream.eventsOf('server_started')).toEqual([]);
    expect(upstream.servers.stateOf('one')?.instances).toMatchObject([{ session_id: null, pid }]);
    upstream.make(RESERVED);
    // So that the session's timeline tells how it began.
    expect(await upstream.event('server_started')).toMatchObject({ session_id: RESERVED, payload: { pid } });
    expect(await end.call('count')).toEqual({ n: 2, pid });
    const again = await upstream.use('one', RESERVED);
    expect(await again.call('peek')).toEqual({ n: 2, pid });
    expect(upstream.servers.stateOf('one')?.instances).toMatchObject([{ session_id: RESERVED, pid }]);
  });

  test('gives way to what the session had before, when its transport came back to that', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const before = await upstream.use('one', SESSION);
    const { pid } = await before.call('count');
    await before.channel.close();
    upstream.reserve(RESERVED);
    const begun = await upstream.use('one', RESERVED);
    const { pid: spare } = await begun.call('peek');
    await begun.channel.close();
    const end = await upstream.use('one', SESSION);
    expect(await end.call('count')).toEqual({ n: 2, pid });
    const { payload } = await upstream.event('server_stopped');
    expect(payload).toMatchObject({ pid: spare, reason: 'session_ended', calls_lost: 0 });
  });

  test('that was started for a transport without a session is reported all the same, 2 s later', async ({ start }) => {
    const clock = new FakeClock();
    const upstream = await start({ configs: [counter('one')], clock });
    const startedAt = clock.now();
    upstream.reserve(RESERVED);
    await upstream.use('one', RESERVED);
    expect(upstream.eventsOf('server_started')).toEqual([]);
    clock.advance(2_000);
    expect(upstream.eventsOf('server_started')).toMatchObject([{ at: startedAt, session_id: null }]);
  });

  test('ends with a transport that joined no session', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    upstream.reserve(RESERVED);
    const end = await upstream.use('one', RESERVED);
    const { pid } = await end.call('peek');
    await end.channel.close();
    expect((await upstream.event('server_stopped')).payload).toMatchObject({ pid, reason: 'session_ended' });
    expect(upstream.events.map(({ kind }) => kind)).toEqual(['keeper_started', 'server_started', 'server_stopped']);
    await eventually(() => isAlive(pid)).toBe(false);
    expect(upstream.store.instances.all()).toEqual([]);
  });

  test('lives on when the end of a session closes, and ends with the session', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    const { pid } = await end.call('peek');
    await end.channel.close();
    expect(isAlive(pid)).toBe(true);
    const ended = { seq: 1, at: 0, session_id: SESSION, kind: 'session_expired', payload: {} } as const;
    upstream.publish(ended);
    const { payload, session_id } = await upstream.event('server_stopped');
    expect(payload).toMatchObject({ reason: 'session_ended', code: null, calls_lost: 0 });
    expect(session_id).toBe(SESSION);
    await eventually(() => isAlive(pid)).toBe(false);
    expect(upstream.store.instances.all()).toEqual([]);
  });
});

describe('messages', () => {
  test('of progress belong to the call of their token, and come in order before its answer', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    const id = end.nextId;
    await end.call('slow', { ms: 30, steps: 3 }, { progressToken: id });
    const steps = end.heardOf('notifications/progress');
    expect(steps.map(({ relatedTo }) => relatedTo)).toEqual([id, id, id]);
    expect(steps.map(({ message }) => 'params' in message && message.params?.progress)).toEqual([1, 2, 3]);
  });

  test('to the log belong to the call that runs, if exactly one does', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    const id = end.nextId;
    await end.call('log', { data: 'alone' });
    expect(await end.message('notifications/message')).toMatchObject({ relatedTo: id });
    const hanging = end.request('tools/call', { name: 'slow', arguments: { ms: 200 } });
    await end.call('log', { data: 'among others' });
    expect(await end.message('notifications/message', 2)).toMatchObject({ relatedTo: null });
    expect((await hanging).result).toBeDefined();
  });

  test('of list changes belong to no call', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    await end.call('announce');
    expect(await end.message('notifications/tools/list_changed')).toMatchObject({ relatedTo: null });
  });

  test('that ask the client go to it with the call that asked, and its answer comes back', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    const id = end.nextId;
    const answer = end.call('ask', { message: 'Which?' });
    const { message, relatedTo } = await end.message('elicitation/create');
    expect(relatedTo).toBe(id);
    expect(message.params).toMatchObject({ message: 'Which?' });
    end.respond(message.id, { action: 'accept', content: { colour: 'red' } });
    expect(await answer).toEqual({ action: 'accept', content: { colour: 'red' } });
  });

  test('that nobody asked for are not sent on as answers', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    const answer = end.call('ask');
    const { message } = await end.message('elicitation/create');
    end.respond('another', { action: 'decline' });
    end.respond(message.id, { action: 'cancel' });
    expect(await answer).toEqual({ action: 'cancel' });
  });

  test('of a ping of the server are answered without the client', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    expect(await end.call('request', { method: 'ping' })).toEqual({ result: {} });
    expect(end.heard).toEqual([]);
  });

  test('that come while nobody is there wait for whoever comes next', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    // Closed in the same turn, so the announcement cannot overtake it, however busy the machine is.
    void end.request('tools/call', { name: 'announce', arguments: { ms: 1 } });
    await end.channel.close();
    await eventually(() => upstream.servers.stderr('one')).toContain('announced');
    expect(end.heardOf('notifications/tools/list_changed')).toEqual([]);
    const next = await upstream.use('one', SESSION);
    await next.message('notifications/tools/list_changed');
  });

  test('a cancelled call is cancelled at the server', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    const id = end.nextId;
    void end.request('tools/call', { name: 'slow', arguments: { ms: 60_000 } });
    end.notify('notifications/cancelled', { requestId: id });
    // Nothing else runs now, so a log message belongs to the next call alone.
    const next = end.nextId;
    await end.call('log', { data: 'after' });
    expect(await end.message('notifications/message')).toMatchObject({ relatedTo: next });
  });

  test('an unknown method and its error go through', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    expect((await end.request('something/new', { a: 1 })).error).toMatchObject({ code: -32601 });
  });
});

describe('one server', () => {
  test('that hangs does not hold up another, nor another call', async ({ startWith }) => {
    const upstream = await startWith(counter('hangs'), counter('works'));
    const hangs = await upstream.use('hangs', SESSION);
    void hangs.request('tools/call', { name: 'hang' });
    const works = await upstream.use('works', SESSION);
    expect(await works.call('count')).toMatchObject({ n: 1 });
    expect(await hangs.call('count')).toMatchObject({ n: 1 });
  });

  test('that does not answer initialize does not hold up another', async ({ startWith }) => {
    const upstream = await startWith(counter('silent', { env: { COUNTER_SILENT: '1' } }), counter('works'));
    const silent = await upstream.channel('silent', SESSION);
    void silent.initialize();
    const works = await upstream.use('works', SESSION);
    expect(await works.call('count')).toMatchObject({ n: 1 });
    expect(upstream.servers.stateOf('silent')).toMatchObject({ state: 'starting' });
  });

  test('that writes what is no message goes on; a person finds it with its error output', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    await end.call('junk', { text: 'Server ready!' });
    await end.call('junk', { text: '{"jsonrpc":"1.0"}' });
    await end.call('say', { text: 'listening' });
    expect(await end.call('count')).toMatchObject({ n: 1 });
    await eventually(() => upstream.servers.stderr('one')).toContain('listening');
    const lines = await upstream.servers.stderr('one');
    expect(lines[0]).toBe('listening');
    expect(lines[1]).toMatch(/not a message.*Server ready!/);
    expect(lines).toHaveLength(3);
  });

  test('gets its environment, and no event shows a value of it', async ({ startWith }) => {
    const upstream = await startWith(counter('one', { env: { API_KEY: 'sesame-value' }, fingerprint: 'f' }));
    const end = await upstream.use('one', SESSION);
    expect(await end.call('env', { name: 'API_KEY' })).toEqual({ value: 'sesame-value' });
    await expect(end.call('crash')).rejects.toThrow();
    await upstream.event('server_started', 2);
    expect(JSON.stringify([upstream.events, upstream.store.instances.all()])).not.toContain('sesame');
    await end.call('say', { text: 'the key sesame-value is wrong' });
    await eventually(() => upstream.servers.stderr('one')).toContain('the key ••• is wrong');
  });

  test.for<[string, string]>([
    ['unknown', 'server_not_found'],
    ['disabled', 'server_not_found'],
    ['untrusted', 'server_untrusted'],
  ])('that is %s cannot be used', async ([name, code], { startWith }) => {
    const upstream = await startWith(counter('disabled', { enabled: false }), counter('untrusted', { trusted: false }));
    await expect(upstream.channel(name, SESSION)).rejects.toMatchObject({ code });
    expect(upstream.servers.offered()).toEqual([]);
  });

  test('whose command does not exist says so at once', async ({ startWith }) => {
    const target = { kind: 'stdio', command: '/no/such/command', args: [], cwd: null, env: {} } as const;
    const upstream = await startWith(counter('gone', { target }));
    const end = await upstream.channel('gone', SESSION);
    const { error } = await end.initialize();
    expect(error?.message).toMatch(
      /^The server "gone" could not be started\. The command "\/no\/such\/command" was not/,
    );
    expect((await upstream.event('server_unavailable')).payload).toMatchObject({ attempt: 1, circuit_open: false });
    expect(upstream.servers.stateOf('gone')).toMatchObject({ attempt: 1, last_error: error?.message });
  });

  test.for<[string, string]>([
    ['result: "hello"', 'answered initialize with something else than MCP says'],
    [
      'result: { protocolVersion: "2025-11-25", capabilities: {} }',
      'answered initialize with something else than MCP says',
    ],
    ['error: "no"', 'answered initialize with something else than MCP says'],
    ['error: { code: 1, message: "not today" }', 'refused initialize: not today'],
    [
      'result: { protocolVersion: "1999-01-01", capabilities: {}, serverInfo: {} }',
      'answered initialize with the protocol version "1999-01-01"; Holdfast knows ',
    ],
  ])(
    'that answers initialize with %s is refused at once, in use and in its test',
    async ([answer, sentence], { startWith }) => {
      const script = `require('readline').createInterface({ input: process.stdin }).on('line', (line) =>
      console.log(JSON.stringify({ jsonrpc: '2.0', id: JSON.parse(line).id, ${answer} })))`;
      const target = { kind: 'stdio', command: process.execPath, args: ['-e', script], cwd: null, env: {} } as const;
      const upstream = await startWith(counter('one', { target }));
      const { error } = await (await upstream.channel('one', SESSION)).initialize();
      expect(error?.message).toContain(`The server "one" ${sentence}`);
      const tested = await upstream.servers.test(counter('one', { target }));
      expect(tested).toMatchObject({ ok: false, error: expect.stringContaining(sentence) });
      expect(tested.duration_ms).toBeLessThan(10_000);
    },
  );

  test('that answers a call with what is no answer makes it fail at once', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    const id = end.nextId;
    const hanging = end.request('tools/call', { name: 'hang' });
    await end.call('junk', { text: JSON.stringify({ jsonrpc: '2.0', id, result: 'hello' }) });
    expect((await hanging).error?.message).toBe('The server sent an invalid JSON-RPC response.');
  });

  test('shows what it is and what it takes', async ({ startWith }) => {
    const upstream = await startWith(counter('one'));
    const end = await upstream.use('one', SESSION);
    await end.call('say', { text: 'hello' });
    await eventually(() => upstream.servers.stderr('one')).toContain('hello');
    const state = (await upstream.servers.states(['one', 'unknown'])).get('one');
    expect(state).toMatchObject({
      state: 'running',
      sessions_using: 1,
      restarts: 0,
      attempt: 0,
      last_error: null,
      next_try_at: null,
      server_info: { name: 'counter', version: '1.0.0' },
      protocol_version: '2025-11-25',
      stderr_tail: ['hello'],
    });
    const bytes = state?.instances[0]?.rss_bytes ?? 0;
    if (process.platform === 'linux') expect(bytes).toBeGreaterThan(1_000_000);
  });

  test('is tested apart from all sessions', async ({ startWith }) => {
    const upstream = await startWith();
    const tested = await upstream.servers.test(counter('one'));
    expect(tested).toMatchObject({ ok: true, error: null, resources: 2, prompts: 1, protocol_version: '2025-11-25' });
    expect(tested.tools).toContain('count');
    expect(upstream.events.filter(({ kind }) => kind !== 'keeper_started')).toEqual([]);
    expect(upstream.keeper.found).toEqual([]);
  });

  test('that fails its test says why, with its last words', async ({ startWith }) => {
    const upstream = await startWith();
    const failing = counter('one', { env: { COUNTER_FAIL_WHILE: process.execPath } });
    expect(await upstream.servers.test(failing)).toMatchObject({
      ok: false,
      error: 'ended with code 3',
      tools: [],
      stderr_tail: ['the counter cannot start'],
    });
  });
});
