import fc from 'fast-check';
import { expect } from 'vitest';
import { McpHttp, type SseReader } from '#tests/support/clients/mcp-http';
import type { Holder, McpHost } from '#tests/support/hosts/mcp-host';
import { sharedScriptedServerTest as test } from '#tests/support/servers/scripted-tools';

/** Each run takes some dozens of real requests. */
const RUNS = 60;

/** What happens to a stream: the server says something, the client reads one event, loses its connection, comes back. */
const happenings = fc.array(fc.constantFrom('say', 'say', 'say', 'read', 'read', 'cut', 'resume', 'cutResume'), {
  maxLength: 30,
});
type Happening = 'say' | 'read' | 'cut' | 'resume' | 'cutResume';

/** A client that loses and resumes one stream, and notes what it got. */
class Follower {
  readonly got: unknown[] = [];
  private readonly mcp: McpHttp;
  private stream: SseReader | null;
  private last: string;

  constructor(mcp: McpHttp, stream: SseReader, last: string) {
    this.mcp = mcp;
    this.stream = stream;
    this.last = last;
  }

  /** Reads one event, of which it is known that it was sent. */
  async read(): Promise<void> {
    const event = await this.stream?.message();
    if (!event) throw new Error('the stream has ended early');
    this.last = event.id ?? '';
    this.got.push(event.message);
  }

  cut(): void {
    this.stream?.cut();
    this.stream = null;
  }

  async resume(): Promise<void> {
    const { stream, status } = await this.mcp.get(this.last);
    expect(status).toBe(200);
    this.stream = stream;
  }

  get isConnected(): boolean {
    return this.stream !== null;
  }

  /** The rest of a stream that ends by itself. */
  async readToEnd(): Promise<void> {
    for (let event = await this.stream?.message(); event; event = await this.stream?.message())
      this.got.push(event.message);
  }
}

/** Plays what happens; `say(n)` makes the server send its message number n. Returns how many it sent. */
async function play(
  follower: Follower,
  steps: readonly Happening[],
  say: (n: number) => Promise<void>,
): Promise<number> {
  let said = 0;
  for (const step of steps) {
    if (step === 'say') {
      said += 1;
      await say(said);
    } else if (step === 'read') {
      if (follower.isConnected && follower.got.length < said) await follower.read();
    } else if (step === 'cut') follower.cut();
    else if (step === 'resume') {
      if (!follower.isConnected) await follower.resume();
    } else await follower.resume();
  }
  if (!follower.isConnected) await follower.resume();
  return said;
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

/** A session of its own, with another one beside it that is sent things too. */
async function twoSessions(host: McpHost, owner: Holder, name: string): Promise<[McpHttp, McpHttp]> {
  const sessions: [McpHttp, McpHttp] = [new McpHttp(host, owner.key), new McpHttp(host, owner.key)];
  for (const [at, mcp] of sessions.entries()) {
    await mcp.initialize('2025-11-25', `${name}-${at}`);
    await mcp.request('tools/list');
  }
  return sessions;
}

test("the stream of a request: nothing is lost, doubled or another stream's, wherever the connection is cut", async ({
  clock,
  server,
  host,
  owner,
}) => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(happenings, async (steps) => {
      run += 1;
      const name = `call ${run}`;
      const [mcp, other] = await twoSessions(host, owner, name);
      const params = { name: 'steps', arguments: { name }, _meta: { progressToken: name } };
      const answer = mcp.request('tools/call', params);
      await server.gate.arrived(name);
      const foreign = other.request('tools/call', { ...params, arguments: { name: `${name} of another` } });
      await server.gate.arrived(`${name} of another`);
      clock.advance(50);
      const { stream } = await answer;
      await stream?.next();
      const priming = await stream?.next();
      const follower = new Follower(mcp, stream as SseReader, priming?.id ?? '');
      const said = await play(follower, steps, async (n) => {
        for (const each of [name, `${name} of another`]) {
          server.gate.open(each, String(n));
          await server.gate.arrived(each);
        }
      });
      server.gate.open(name, 'done');
      server.gate.open(`${name} of another`, 'done');
      await follower.readToEnd();
      (await foreign).stream?.cut();
      const texts = follower.got.map((message) => {
        const { params, result } = message as {
          params?: { message: string };
          result?: { content: { text: string }[] };
        };
        return params?.message ?? result?.content[0]?.text;
      });
      expect(texts).toEqual([...upTo(said).map(String), `${said} steps`]);
    }),
    { numRuns: RUNS },
  );
}, 120_000);

test("the standalone stream: nothing is lost, doubled or another session's, wherever the connection is cut", async ({
  server,
  host,
  owner,
}) => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(happenings, async (steps) => {
      run += 1;
      const [mcp, other] = await twoSessions(host, owner, `listener ${run}`);
      const [mine, theirs] = [server.made - 2, server.made - 1];
      const foreign = (await other.get()).stream;
      const { stream } = await mcp.get();
      await server.announce(0, mine);
      const first = await stream?.message();
      const follower = new Follower(mcp, stream as SseReader, first?.id ?? '');
      const said = await play(follower, steps, async (n) => {
        await server.announce(n, mine);
        await server.announce(`foreign ${n}`, theirs);
      });
      while (follower.got.length < said) await follower.read();
      await server.announce('end', mine);
      await follower.read();
      follower.cut();
      foreign?.cut();
      const data = follower.got.map((message) => (message as { params: { data: unknown } }).params.data);
      expect(data).toEqual([...upTo(said), 'end']);
    }),
    { numRuns: RUNS },
  );
}, 120_000);

test('an answer too large to be kept reaches the client that waits, and who comes back for it gets an error', {
  timeout: 120_000,
}, async ({ clock, server, host, owner }) => {
  const large = 'x'.repeat(33 * 1024 * 1024);
  const mcp = new McpHttp(host, owner.key);
  await mcp.initialize('2025-11-25', 'large');
  const call = async (name: string) => {
    const answer = mcp.request('tools/call', { name: 'slow', arguments: { name } });
    await server.gate.arrived(name);
    clock.advance(50);
    const { stream } = await answer;
    await stream?.next();
    return { stream, last: (await stream?.next())?.id ?? '' };
  };
  const waiting = await call('waiting');
  server.gate.open('waiting', large);
  const [live] = (await waiting.stream?.rest()) ?? [];
  expect(live?.data?.length).toBeGreaterThan(large.length);

  const gone = await call('gone');
  gone.stream?.cut();
  server.gate.open('gone', large);
  const { stream } = await mcp.get(gone.last);
  const back = ((await stream?.rest()) ?? []).flatMap(({ data }) => (data ? [JSON.parse(data)] : []));
  expect(back).toEqual([
    expect.objectContaining({ error: expect.objectContaining({ message: expect.stringMatching(/too large/) }) }),
  ]);
});
