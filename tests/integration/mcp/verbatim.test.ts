import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { BOTH, McpHttp } from '#tests/support/clients/mcp-http';
import { sharedMcpTest } from '#tests/support/hosts/mcp-host';
import { VERBATIM } from '#tests/support/paths';
import { counter, ListedConfigs } from '#tests/support/servers/configs';

/** What is in a message arrives at the other end to the letter, whichever way it goes. */

const DOORS = [
  ['/verbatim', ''],
  ['', 'verbatim__'],
] as const;
const SAMPLE =
  '{ "id":1917043659912705297,"b" : [1.0, -0,1e400,0.10000000000000000001],"1":1,"0":0,"a":1,"a":2,"s":"\\u00e9\\/\\ud834\\udd1e✓" }';

/** A session that sends and receives texts. */
class Texts {
  private readonly url: string;
  private readonly headers: Record<string, string>;

  constructor(url: string, key: string, transportId: string) {
    this.url = url;
    const mcp = { 'Mcp-Session-Id': transportId, 'MCP-Protocol-Version': '2025-11-25' };
    this.headers = { ...mcp, Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', Accept: BOTH };
  }

  /** The messages of the answer to a POST, each as a text. `onMessage` sees each as soon as it is there. */
  async post(body: string, onMessage: (message: string) => void = () => {}): Promise<string[]> {
    const response = await fetch(this.url, { method: 'POST', headers: this.headers, body });
    const isStream = response.headers.get('content-type') === 'text/event-stream';
    if (!isStream) return [await response.text()];
    let text = '';
    const messages: string[] = [];
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const events = (text + chunk).split('\n\n');
      text = events.pop() ?? '';
      const data = events.flatMap((event) => /^data: (.+)$/m.exec(event)?.[1] ?? []);
      messages.push(...data);
      data.forEach(onMessage);
    }
    return messages;
  }

  call(params: string): Promise<string[]> {
    return this.post(`{"jsonrpc":"2.0","id":"c","method":"tools/call","params":${params}}`);
  }
}

const test = sharedMcpTest
  .extend(
    'hostOptions',
    { scope: 'file' },
    {
      servers: new ListedConfigs({
        ...counter('verbatim'),
        target: { kind: 'stdio', command: process.execPath, args: [VERBATIM], cwd: null, env: {} },
        fingerprint: 'verbatim',
      }),
    },
  )
  .extend('at', ({ host, owner }) => async (path: string): Promise<Texts> => {
    const url = `${host.url}${path}`;
    const mcp = new McpHttp({ url }, owner.key);
    await mcp.initialize();
    return new Texts(url, owner.key, mcp.transportId ?? '');
  });

describe.for(DOORS)('at /mcp%s', ([path, prefix]) => {
  const named = (tool: string, more: string) => `{"name":"${prefix}${tool}",${more}}`;
  const unnamed = (params: string) => params.replace(`"name":"${prefix}`, '"name":"');

  test('any arguments and any result', async ({ at }) => {
    const texts = await at(path);
    const json = fc.json({ maxDepth: 4 });
    await fc.assert(
      fc.asyncProperty(json, async (text) => {
        const params = named('plain', `"arguments":{"x": ${text},"n":${SAMPLE}}`);
        expect(await texts.call(params)).toEqual([
          `{"jsonrpc":"2.0","id":"c","result":{"content":[],"structuredContent":{"seen":${unnamed(params)}}}}`,
        ]);
      }),
      { numRuns: 100 },
    );
  });

  test('a long result', async ({ at }) => {
    const texts = await at(path);
    const params = named('plain', `"arguments":{"x":"${'x'.repeat(200_000)}","n":${SAMPLE}}`);
    expect((await texts.call(params)).at(-1)).toContain(`{"seen":${unnamed(params)}}`);
  });

  test('what goes through a stored stream, progress included', async ({ at }) => {
    const texts = await at(path);
    const params = named('slow', `"_meta": {"progressToken" : 1e2,"k":${SAMPLE}},"arguments":${SAMPLE}`);
    const [progress, result] = await texts.call(params);
    const [, token] = /"data":.*"progressToken" : (\d+)/.exec(progress ?? '') ?? [];
    const got = unnamed(params).replace('1e2', String(token));
    expect(progress).toBe(
      `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":100,"progress":1.0,"data":${got}}}`,
    );
    expect(result).toContain(`{"seen":${got}}`);
  });

  test('the data of an error', async ({ at }) => {
    const params = named('fails', `"arguments":${SAMPLE}`);
    expect(await (await at(path)).call(params)).toEqual([
      `{"jsonrpc":"2.0","id":"c","error":{"code":-1,"message":"m","data":${unnamed(params)}}}`,
    ]);
  });

  test('a question of the server, and its answer', async ({ at }) => {
    const texts = await at(path);
    const params = named('asks', `"arguments":${SAMPLE}`);
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
    const messages = await texts.post(body, (message) => {
      const [, id] = /^\{"jsonrpc":"2\.0","id":("[^"]+(?:\\"[^"]*)*"),"method"/.exec(message) ?? [];
      if (id !== undefined) void texts.post(`{"jsonrpc":"2.0","id":${id},"result":${SAMPLE}}`);
    });
    expect(messages[0]).toContain(`"method":"elicitation/create","params":${unnamed(params)}}`);
    expect(messages[1]).toContain(`"structuredContent":{"seen":${SAMPLE}}`);
  });

  test('a notification of the client', async ({ at }) => {
    const texts = await at(path);
    await texts.call(named('plain', '"arguments":{}'));
    await texts.post(`{"jsonrpc":"2.0","method":"notifications/custom","params":${SAMPLE}}`);
    expect((await texts.call(named('heard', '"arguments":{}')))[0]).toContain(`{"seen":${SAMPLE}}`);
  });
});

test.for(DOORS)('at /mcp%s, the numbers for a client without sessions', async ([path, prefix], { host }) => {
  const { key } = host.newClient('stateless');
  const version = '2026-07-28';
  const meta = `"io.modelcontextprotocol/protocolVersion":"${version}","io.modelcontextprotocol/clientCapabilities":{}`;
  const call = async (tool: string, more = '') => {
    const name = `${prefix}${tool}`;
    const response = await fetch(`${host.url}${path}`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${key}`,
        'Content-Type': 'application/json',
        Accept: BOTH,
        'MCP-Protocol-Version': version,
        'Mcp-Method': 'tools/call',
        'Mcp-Name': name,
      },
      body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":${SAMPLE},"_meta":{${meta}${more}}}}`,
    });
    return response.text();
  };
  const numbers = '"b":[1.0,-0,1e400,0.10000000000000000001]';
  for (const text of [await call('plain'), await call('slow', ',"progressToken":5'), await call('fails')]) {
    expect(text).toContain('"id":1917043659912705297');
    expect(text).toContain(numbers);
    expect(text).toContain('"s":"é/𝄞✓"');
  }
});
