import { describe, expect, test } from 'vitest';
import { type ParsedFile, parseFile } from '#src/main/upstream/config/file/file-text';

const read = (text: string): ParsedFile => {
  const parsed = parseFile(text, 'servers.json');
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.file;
};
/** The problems of the one entry that a file has, which starts in line 3. */
const problemsOf = (entry: string): string[] =>
  (read(`{\n"mcpServers": {\n"one": ${entry}\n}}`).entries[0]?.problems ?? []).map(
    ({ line, sentence }) => `${line}: ${sentence}`,
  );

describe('a file of servers', () => {
  test('may have comments, trailing commas and keys that nobody here knows', () => {
    const { entries } = read(`{
      // servers of mine
      "other": 1,
      "mcpServers": {
        "files": { "command": "npx", /* quickly */ "args": ["-y", "files",], "note": { "mine": true } },
        "web": { "type": "http", "url": "https://example.com/mcp", "headers": { "X-Key": "k" }, "policy": "lazy" },
      },
    }`);
    expect(entries.map(({ name, problems }) => [name, problems])).toEqual([
      ['files', []],
      ['web', []],
    ]);
    expect(entries[0]?.form).toEqual({
      command: 'npx',
      args: ['-y', 'files'],
      cwd: null,
      env: {},
      url: null,
      sse: false,
      headers: {},
      oauth: null,
      policy: 'per-session',
      idleStopMinutes: 60,
      disabled: false,
      startSeconds: 300,
      tellLostState: true,
      longCalls: {},
    });
    expect(entries[1]?.form).toMatchObject({ command: null, url: 'https://example.com/mcp', idleStopMinutes: 10 });
    expect(entries[0]?.value).toHaveProperty('note.mine', true);
  });

  test.each([
    ['', /^servers\.json:1: the file is empty/],
    ['{\n  "mcpServers": {\n    "a": {"command": "x"}\n', /^servers\.json:3: a closing \} is missing/],
    ['{\n"mcpServers": {\n"a": {"command": "x"}\n"b": {"command": "y"}\n}}', /^servers\.json:4: a comma is missing/],
    ['{\n"mcpServers": {"a": {"command": npx}}}', /^servers\.json:2: .*double quotes/],
    ['{"mcpServers": {}}\n}', /^servers\.json:2: there is more text after the end/],
    ['{"mcpServers": {"a": {"command": "x}}}', /^servers\.json:1: a text does not end/],
    ['[]', /^servers\.json:1: the file must hold an object/],
    ['{"mcpServers": []}', /^servers\.json:1: "mcpServers" must be an object/],
    ['{\n\n"servers": {"a": {"command": "x"}}}', /^servers\.json:3: "servers" is what VS Code calls it\. Rename it/],
    ['{\n"a": {"command": "x"}}', /^servers\.json:2: "a" is a server outside of "mcpServers"/],
    ['{\n"mcp": {\n"servers": {"a": {"command": "x"}}}}', /^servers\.json:2: "servers" stands inside of "mcp"/],
    ['{\n"mcp.servers": {"a": {"command": "x"}}}', /^servers\.json:2: "mcp\.servers" is not quite .*"mcpServers"/],
    ['{\n"mcp_servers": {"a": {"command": "x"}}}', /^servers\.json:2: "mcp_servers" is not quite .*"mcpServers"/],
    ['{\n"MCPServers": {"a": {"command": "x"}}}', /^servers\.json:2: "MCPServers" is not quite .*"mcpServers"/],
    ['{\n"amp.mcpServers": {"a": {"command": "x"}}}', /^servers\.json:2: .*Rename it to "mcpServers"/],
    ['{\n"context_servers": {"a": {"command": "x"}}}', /^servers\.json:2: "context_servers" is what Zed calls it/],
    ['{\n"mcp": {"a": {"type": "local", "command": ["x"]}}}', /^servers\.json:2: "mcp" is what opencode calls it/],
    ['{"inputs": [],\n"tools": {"a": {"url": "http://x"}}}', /^servers\.json:2: "tools" holds servers/],
    ['{\n"list": [{"name": "a", "command": "x"}]}', /^servers\.json:2: "list" is a list of servers\./],
    ['{"mcpServers": [{"name": "a", "command": "x"}]}', /^servers\.json:1: "mcpServers" must be an object/],
    ['{\n"theme": "dark"}', /^servers\.json:2: there is no "mcpServers" in the file/],
    ['{"mcpServers": {\n"a": {"command": "C:\\Users\\me\\x.exe"}}}', /^servers\.json:2: a backslash stands alone/],
    ['{"mcpServers": {\n"a": {"command": "C:\\users"}}}', /^servers\.json:2: a backslash stands alone/],
    ['{"mcpServers": {\n"a": {"command": "x", "cwd": "C:\\"}}}', /^servers\.json:2: a backslash stands alone/],
    [`{"mcpServers": {${'"a": {"command": "x"},'.repeat(1_001)}}}`, /there are 1001 servers; at most 1000 are read/],
  ])('that cannot be understood is refused as a whole, with line and remedy: %j', (text, problem) => {
    const parsed = parseFile(text, 'servers.json');
    expect(parsed.ok ? 'no problem' : parsed.problem).toMatch(problem);
  });

  test('has no servers when it says nothing of them', () => {
    expect(read('{}').entries).toEqual([]);
    expect(read('{"$schema": "https://example.com/schema"}').entries).toEqual([]);
    expect(read('{"mcpServers": {}}').entries).toEqual([]);
  });

  test.each([
    ['{"comand": "x"}', ['3: it has neither "command" nor "url". Write one of them.']],
    ['{\n"command": "x",\n"url": "http://x"}', ['5: it has both "command" and "url". Remove one of them.']],
    ['{"command": 7}', ['3: "command" must be text. Put it in quotes.']],
    ['{"command": " "}', ['3: "command" is empty. Write the program that is to be started.']],
    ['{"command": "x",\n"args": "-y"}', ['4: "args" must be a list like ["-y", "package"].']],
    ['{"command": "x",\n"args": ["a",\n3]}', ['5: "args" must be text. Put it in quotes.']],
    ['{"command": "x", "env": {\n"A": "1",\n"B": 2}}', ['5: "B" in "env" must be text. Put its value in quotes.']],
    ['{"command": "x", "env": []}', ['3: "env" must be an object like {"NAME": "value"}.']],
    ['{"command": "x", "env": {\n"A=B": "1"}}', ['4: "A=B" cannot name a variable. Choose another name.']],
    ['{"url": "http://x", "headers": {\n"X Y": "1"}}', ['4: "X Y" cannot name a header. Use letters, digits and "-".']],
    ['{"command": "x",\n"policy": "always"}', [expect.stringMatching(/^4: "policy" is one of/)]],
    ['{"command": "x",\n"idleStopMinutes": 0}', [expect.stringMatching(/^4: .*at least 1/)]],
    ['{"command": "x",\n"longCalls": "on"}', []],
    ['{"command": "x",\n"longCalls": {"build": "on", "*": "off"}}', []],
    [
      '{"command": "x",\n"longCalls": "always"}',
      ['4: "longCalls" is "auto", "on" or "off", or an object like {"build": "on", "*": "off"}.'],
    ],
    ['{"command": "x",\n"disabled": "yes"}', ['4: "disabled" must be true or false, without quotes.']],
    ['{\n"httpUrl": "http://x"}', ['4: "httpUrl" is what another program calls it. Rename it to "url".']],
    ['{\n"type": "sse", "url": "http://x"}', []],
    ['{\n"transport": "sse", "url": "http://x"}', []],
    ['{\n"type": "sse", "command": "x"}', ['4: "type" is "sse", but there is no "url". Write one.']],
    ['{\n"transport": "streamable_http", "url": "http://x"}', []],
    ['{\n"command": ["npx", "-y", "x"]}', ['4: "command" is a list. Write "command": "npx", "args": ["-y", "x"].']],
    [
      '{\n"command": "npx -y @scope/server"}',
      ['4: "command" holds a whole command line. Write "command": "npx", "args": ["-y", "@scope/server"].'],
    ],
    [
      '{\n"command": "sh -c \'a && b\'"}',
      ['4: "command" holds a whole command line. Write "command": "sh", "args": ["…"].'],
    ],
    ['{\n"command": "/opt/my programs/x"}', []],
    [
      '{"command": "x",\n"environment": {}}',
      ['4: "environment" is what another program calls it. Rename it to "env".'],
    ],
    ['{\n"Command": "x"}', ['4: "Command" is not quite the name. Rename it to "command".']],
    ['{"command": "x",\n"endpoint": "y"}', []],
    [
      '{\n"mcpServers": {"a": {"command": "x"}}}',
      ['4: there is another "mcpServers" inside of it. Move what is in there one level up.'],
    ],
    ['{"command": "x",\n"args": ["C:\\temp\\new"]}', [expect.stringMatching(/^4: a path holds a tab or a line break/)]],
    ['{"command": "x",\n"cwd": "D:\\notes"}', [expect.stringMatching(/^4: a path holds a tab or a line break/)]],
    ['{"command": "sh", "args": ["-c", "if true; then\\n\\techo a: b\\nfi"]}', []],
    [
      '{\n"type": "ws", "url": "http://x"}',
      [expect.stringMatching(/^4: "type" is "stdio", "http" or "sse", not "ws"/)],
    ],
    ['{\n"type": "http", "command": "x"}', ['4: "type" is "http", but there is no "url". Write one.']],
    ['"npx"', [expect.stringMatching(/^3: .*must be an object like/)]],
    [
      '{"command": 1,\n"args": 2,\n"env": 3}',
      [expect.any(String), expect.stringMatching(/^4:/), expect.stringMatching(/^5:/)],
    ],
  ])('says line and remedy of a broken entry: %j', (entry, problems) => {
    expect(problemsOf(entry)).toEqual(problems);
  });

  test('lets a broken entry stop no other one', () => {
    const { entries } = read('{"mcpServers": {"bad": 1, "good": {"command": "x"}, "worse": {}}}');
    expect(entries.map(({ name, problems }) => [name, problems.length > 0])).toEqual([
      ['bad', true],
      ['good', false],
      ['worse', true],
    ]);
  });

  test.each([
    ['my server', 'my-server'],
    ['@scope/files', 'scope-files'],
    ['a__b', 'a-b'],
    ['1st', 'server-1st'],
    ['файлы', 'server'],
    ['', 'server'],
    ['x'.repeat(60), 'x'.repeat(40)],
  ])('proposes a name in the place of %j', (name, proposal) => {
    const { entries } = read(JSON.stringify({ mcpServers: { [name]: { command: 'x' } } }));
    expect(entries[0]?.problems).toEqual([
      { line: 1, sentence: expect.stringContaining(`Rename it, to "${proposal}" for example.`) },
    ]);
  });

  test('takes none of two entries with one name', () => {
    const { entries } = read('{"mcpServers": {\n"a": {"command": "x"},\n"a": {"command": "y"}}}');
    expect(entries.map(({ problems }) => problems)).toEqual([
      [{ line: 3, sentence: 'this name is there twice. Rename or remove one of them.' }],
    ]);
  });
});
