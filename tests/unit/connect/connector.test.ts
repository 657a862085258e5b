import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { describe, expect } from 'vitest';
import { Connector } from '#src/main/connect/connector';
import { KNOWN_CLIENTS, type KnownClient } from '#src/main/connect/known-clients';
import type { KeyWay } from '#src/shared/contract/connect';
import { folderTest } from '#tests/support/fixtures';

const KEY = `hf_${'k'.repeat(43)}`;
const URL = 'http://127.0.0.1:8181/mcp';
const TARGET = { url: URL, key: KEY, cli: { command: '/usr/bin/node', args: ['/opt/holdfast.js'], env: {} } };
const AUTHORIZATION = `"Authorization": "Bearer ${KEY}"`;

/** Where each client's file is below the home folder on Linux, and what an empty one says afterwards. */
const EXPECTED: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'claude-code': ['.claude.json', json('mcpServers', `"type": "http",|"url": "${URL}",`)],
  'claude-desktop': [
    '.config/Claude/claude_desktop_config.json',
    `{
  "mcpServers": {
    "holdfast": {
      "command": "/usr/bin/node",
      "args": [
        "/opt/holdfast.js",
        "bridge"
      ],
      "env": {
        "HOLDFAST_KEY": "${KEY}"
      }
    }
  }
}
`,
  ],
  cursor: ['.cursor/mcp.json', json('mcpServers', `"url": "${URL}",`)],
  vscode: ['.config/Code/User/mcp.json', json('servers', `"type": "http",|"url": "${URL}",`)],
  codex: [
    '.codex/config.toml',
    `[mcp_servers.holdfast]\nurl = "${URL}"\nhttp_headers = { Authorization = "Bearer ${KEY}" }\n`,
  ],
  gemini: ['.gemini/settings.json', json('mcpServers', `"httpUrl": "${URL}",`)],
  windsurf: ['.codeium/windsurf/mcp_config.json', json('mcpServers', `"serverUrl": "${URL}",`)],
  zed: ['.config/zed/settings.json', json('context_servers', `"url": "${URL}",`)],
  opencode: ['.config/opencode/opencode.json', json('mcp', `"type": "remote",|"url": "${URL}",`)],
  cline: [
    '.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
    json('mcpServers', `"type": "streamableHttp",|"url": "${URL}",`),
  ],
};

function json(section: string, fields: string): string {
  const lines = fields.split('|').map((field) => `      ${field}\n`);
  const headers = `      "headers": {\n        ${AUTHORIZATION}\n      }\n`;
  return `{\n  "${section}": {\n    "holdfast": {\n${lines.join('')}${headers}    }\n  }\n}\n`;
}

/** What the file says when the key stands elsewhere. `KEYS` is Holdfast's own folder of keys. */
const REFERENCES: Readonly<Record<string, readonly [content: string | null, text: string]>> = {
  'claude-code': [
    `{"Authorization":"Bearer ${KEY}"}\n`,
    `"type": "http",|"url": "${URL}",|"headersHelper": "cat 'KEYS/claude-code'"`,
  ],
  'claude-desktop': [KEY, '"HOLDFAST_KEY_FILE": "KEYS/claude-desktop"'],
  cursor: [null, `"url": "${URL}",|"Authorization": "Bearer \${env:HOLDFAST_KEY_CURSOR}"`],
  codex: [null, `url = "${URL}"|bearer_token_env_var = "HOLDFAST_KEY_CODEX"`],
  gemini: [null, `"httpUrl": "${URL}",|"Authorization": "Bearer \${HOLDFAST_KEY_GEMINI}"`],
  windsurf: [null, `"serverUrl": "${URL}",|"Authorization": "Bearer \${env:HOLDFAST_KEY_WINDSURF}"`],
  opencode: [KEY, `"type": "remote",|"url": "${URL}",|"Authorization": "Bearer {file:KEYS/opencode}"`],
};
/** Files that were on one line are written in another way when a field is set anew. */
const squeezed = (text: string): string => text.replace(/\s+/g, '');
const OWN_FILE = ['claude-code', 'claude-desktop', 'opencode'];

const test = folderTest.extend('desk', ({ folder }) => new Desk(folder));

/** A home folder with one client's file. */
class Desk {
  readonly connector: Connector;
  readonly home: string;

  constructor(folder: string) {
    this.home = join(folder, 'home');
    this.connector = new Connector(join(folder, 'data'), { home: this.home, platform: 'linux', environment: {} });
  }

  fileOf({ id }: KnownClient): string {
    return join(this.home, EXPECTED[id]?.[0] as string);
  }

  write(client: KnownClient, content: string | Buffer): string {
    const file = this.fileOf(client);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }

  connect(client: KnownClient, way: KeyWay = 'file', key = KEY): void {
    this.connector.connect(client, this.connector.plan(client, { ...TARGET, key }, way), 'c_1');
  }

  undo(client: KnownClient): void {
    const plan = this.connector.planUndo(client);
    if (plan) this.connector.undo(client, plan);
  }
}

const clientOf = (id: string) => KNOWN_CLIENTS.find((one) => one.id === id) as KnownClient;
const CURSOR = clientOf('cursor');
const CODEX = clientOf('codex');

test('Cline is found by its command line alone, in the file that it reads', ({ desk }) => {
  mkdirSync(join(desk.home, '.cline', 'data'), { recursive: true });
  desk.connect(clientOf('cline'));
  const file = join(desk.home, '.cline', 'data', 'settings', 'cline_mcp_settings.json');
  expect(readFileSync(file, 'utf8')).toBe(EXPECTED.cline?.[1]);
});

describe.each(KNOWN_CLIENTS.map((client) => [client.id, client] as const))('%s', (id, client) => {
  test('that was never used here is not connected', ({ desk }) => {
    expect(desk.connector.state(client)).toEqual({ file: null, connected: false, problem: null });
    expect(() => desk.connector.plan(client, TARGET)).toThrow(/was not found on this computer. Start it once/);
  });

  test('gets a file for its user alone when it has none, and undo removes it', ({ desk }) => {
    const file = desk.write(client, '');
    desk.undo(client);
    // The folder is there, the file is not.
    const made = new Desk(`${desk.home}-2`);
    const folder = dirname(made.fileOf(client));
    mkdirSync(id === 'claude-code' ? join(made.home, '.claude') : folder, { recursive: true });
    made.connect(client);
    expect(readFileSync(made.fileOf(client), 'utf8')).toBe(EXPECTED[id]?.[1]);
    expect(statSync(made.fileOf(client)).mode & 0o777).toBe(0o600);
    made.undo(client);
    expect(existsSync(made.fileOf(client))).toBe(false);
    expect(existsSync(file)).toBe(true);
  });

  test('an empty file is filled, and undo empties it', ({ desk }) => {
    const file = desk.write(client, '');
    desk.connect(client);
    expect(readFileSync(file, 'utf8')).toBe(EXPECTED[id]?.[1]);
    expect(desk.connector.state(client)).toEqual({ file, connected: true, problem: null });
    expect(desk.connector.keyOf(client)).toBe(KEY);
    expect(desk.connector.plan(client, TARGET).difference).toBe('');
    desk.undo(client);
    expect(readFileSync(file, 'utf8')).toBe('');
    expect(readdirSync(dirname(file)).filter((name) => name.includes('holdfast'))).toEqual([]);
  });

  test('a broken file is left as it is, and the sentence names the line', ({ desk }) => {
    const file = desk.write(client, '\n{ "a": [ }');
    expect(() => desk.connector.plan(client, TARGET)).toThrow(`${file}:`);
    expect(desk.connector.state(client).problem).toContain(`${file}:`);
    expect(readFileSync(file, 'utf8')).toBe('\n{ "a": [ }');
  });

  test('a byte order mark and the ends of lines stay', ({ desk }) => {
    const before = id === 'codex' ? '\uFEFF# mine\r\nmodel = "x"\r\n' : '\uFEFF{\r\n\t// mine\r\n\t"a": 1\r\n}\r\n';
    const file = desk.write(client, before);
    desk.connect(client);
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith('\uFEFF')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(text).toContain(id === 'codex' ? '# mine\r\nmodel = "x"\r\n' : '\r\n\t// mine\r\n\t"a": 1,\r\n\t"');
    desk.undo(client);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

describe.each(Object.keys(REFERENCES))('%s, whose file refers to its key', (id) => {
  const client = clientOf(id);
  const [content, text] = REFERENCES[id] as readonly [string | null, string];
  const before = id === 'codex' ? '# mine\n' : '{ "a": 1 }\n';

  test('has no key in its file, which undo restores, with nothing left over', ({ desk }) => {
    const keys = join(desk.home, '../data/keys');
    const file = desk.write(client, before);
    const { difference } = desk.connector.plan(client, TARGET, 'reference');
    desk.connect(client, 'reference');
    const written = readFileSync(file, 'utf8');
    expect(written).not.toContain(KEY);
    expect(difference, 'where the key is may be seen').not.toContain('…');
    for (const part of text.split('|')) expect(squeezed(written)).toContain(squeezed(part.replace('KEYS', keys)));
    expect(desk.connector.plan(client, TARGET)).toMatchObject({ difference: '', way: 'reference' });
    if (content === null) expect(existsSync(keys)).toBe(false);
    else {
      expect(readFileSync(join(keys, id), 'utf8')).toBe(content);
      expect(statSync(join(keys, id)).mode & 0o777).toBe(0o600);
    }
    expect(desk.connector.keyOf(client)).toBe(content === null ? null : KEY);
    expect(desk.connector.examine(client)).toMatchObject({ reference: content === null ? 'environment' : 'own_file' });
    desk.undo(client);
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(content !== null && existsSync(join(keys, id))).toBe(false);
  });

  test('can have it in its file later, and the other way round, without a trace of the way before', ({ desk }) => {
    const keys = join(desk.home, '../data/keys');
    const file = desk.write(client, before);
    desk.connect(client, 'file');
    const inFile = readFileSync(file, 'utf8');
    expect(inFile).toContain(KEY);
    desk.connect(client, 'reference');
    expect(readFileSync(file, 'utf8')).not.toContain(KEY);
    desk.connect(client, 'file');
    expect(squeezed(readFileSync(file, 'utf8'))).toBe(squeezed(inFile));
    expect(existsSync(join(keys, id))).toBe(false);
    desk.undo(client);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  test(`has it ${OWN_FILE.includes(id) ? 'there' : 'in its file'} unless it is said otherwise`, ({ desk }) => {
    desk.write(client, before);
    expect(desk.connector.plan(client, TARGET).way).toBe(OWN_FILE.includes(id) ? 'reference' : 'file');
    desk.connect(client, 'reference');
    expect(desk.connector.plan(client, TARGET).way).toBe('reference');
    desk.connect(client, 'file');
    expect(desk.connector.plan(client, TARGET).way).toBe('file');
  });

  test('gets a new key without a change of its file', ({ desk }) => {
    const file = desk.write(client, before);
    desk.connect(client, 'reference');
    const written = readFileSync(file, 'utf8');
    desk.connect(client, 'reference', `hf_${'n'.repeat(43)}`);
    expect(readFileSync(file, 'utf8')).toBe(written);
    if (content !== null) expect(desk.connector.keyOf(client)).toBe(`hf_${'n'.repeat(43)}`);
    desk.undo(client);
    expect(readFileSync(file, 'utf8')).toBe(before);
  });
});

test('a file of Claude Code names its key in a command that a shell understands, whatever the folder is called', ({
  desk,
  folder,
}) => {
  const odd = join(folder, `it's "my" $data`);
  const connector = new Connector(odd, { home: desk.home, platform: 'linux', environment: {} });
  const client = clientOf('claude-code');
  const file = desk.write(client, '');
  connector.connect(client, connector.plan(client, TARGET), 'c_1');
  const { headersHelper } = JSON.parse(readFileSync(file, 'utf8')).mcpServers.holdfast;
  const printed = execFileSync('/bin/sh', ['-c', headersHelper], { encoding: 'utf8' });
  expect(JSON.parse(printed)).toEqual({ Authorization: `Bearer ${KEY}` });
});

test('a client that reads its key only from its file cannot refer to it', ({ desk }) => {
  desk.write(clientOf('zed'), '');
  expect(() => desk.connector.plan(clientOf('zed'), TARGET, 'reference')).toThrow('only from its own file');
});

const MINE = `{
  // what I use
  "mcpServers": {
    "files": { "command": "npx", "env": { "API_KEY": "secret-of-mine" } }, // keep
  },
  "theme": "dark"
}
`;

describe('a file of JSON', () => {
  test('keeps everything else byte for byte', ({ desk }) => {
    const file = desk.write(CURSOR, MINE);
    chmodSync(file, 0o640);
    desk.connect(CURSOR);
    const entry = `    "holdfast": {\n      "url": "${URL}",\n      "headers": {\n        ${AUTHORIZATION}\n      }\n    },\n`;
    expect(readFileSync(file, 'utf8')).toBe(MINE.replace('// keep\n', `// keep\n${entry}`));
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(readFileSync(`${file}.holdfast-backup`, 'utf8')).toBe(MINE);
    desk.undo(CURSOR);
    expect(readFileSync(file, 'utf8')).toBe(MINE);
  });

  test('undo takes out only the entry when the file was changed since', ({ desk }) => {
    const file = desk.write(CURSOR, MINE);
    desk.connect(CURSOR);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"dark"', '"light"'));
    desk.undo(CURSOR);
    expect(readFileSync(file, 'utf8')).toBe(MINE.replace('"dark"', '"light"'));
  });

  test('an entry of another kind is replaced, what the user added to it stays', ({ desk }) => {
    const old = { mcpServers: { holdfast: { command: 'old', args: ['x'], disabled: false } } };
    const file = desk.write(CURSOR, JSON.stringify(old, null, 2));
    desk.connect(CURSOR);
    expect(JSON.parse(readFileSync(file, 'utf8')).mcpServers.holdfast).toEqual({
      disabled: false,
      url: URL,
      headers: { Authorization: `Bearer ${KEY}` },
    });
  });

  test('connecting twice keeps the backup of the file from before', ({ desk }) => {
    const file = desk.write(CURSOR, MINE);
    desk.connect(CURSOR);
    desk.connector.connect(CURSOR, desk.connector.plan(CURSOR, { ...TARGET, url: 'http://127.0.0.1:9/mcp' }), 'c_1');
    expect(readFileSync(file, 'utf8')).toContain('127.0.0.1:9');
    desk.undo(CURSOR);
    expect(readFileSync(file, 'utf8')).toBe(MINE);
  });

  test('connecting again after a change leaves no old entry at undo', ({ desk }) => {
    const file = desk.write(CURSOR, MINE);
    desk.connect(CURSOR);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"dark"', '"light"'));
    desk.connector.connect(CURSOR, desk.connector.plan(CURSOR, { ...TARGET, url: 'http://127.0.0.1:9/mcp' }), 'c_1');
    desk.undo(CURSOR);
    expect(readFileSync(file, 'utf8')).toBe(MINE.replace('"dark"', '"light"'));
  });

  test.for([
    ['{"mcpServers": {}, "mcpServers": {}}', 'cannot be changed safely'],
    ['{"mcpServers": []}', '"mcpServers" is not an object'],
    ['[1]', 'the file holds no object'],
    [`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, 'nested too deeply'],
    [Buffer.from([0xff, 0xfe, 0x7b, 0x00]), 'is not UTF-8 text'],
    [Buffer.alloc(8 * 1024 * 1024 + 1, ' '), 'more than 8 MiB'],
  ] as const)('%# is left as it is', ([content, sentence], { desk }) => {
    const file = desk.write(CURSOR, content);
    expect(() => desk.connector.plan(CURSOR, TARGET)).toThrow(sentence);
    expect(readFileSync(file).equals(Buffer.from(content as string))).toBe(true);
  });

  test('that is read-only or a folder is left as it is', ({ desk }) => {
    const file = desk.write(CURSOR, '{}');
    chmodSync(file, 0o444);
    expect(() => desk.connector.plan(CURSOR, TARGET)).toThrow('is read-only');
    const zed = clientOf('zed');
    mkdirSync(desk.fileOf(zed), { recursive: true });
    expect(() => desk.connector.plan(zed, TARGET)).toThrow('is a folder');
  });

  test('that was changed since the preview is left as it is', ({ desk }) => {
    const file = desk.write(CURSOR, '{}');
    const plan = desk.connector.plan(CURSOR, TARGET);
    writeFileSync(file, '{ }');
    expect(() => desk.connector.connect(CURSOR, plan, 'c_1')).toThrow('was changed in the meantime');
    expect(readFileSync(file, 'utf8')).toBe('{ }');
    expect(readdirSync(dirname(file))).toEqual(['mcp.json']);
  });

  test('behind a link is changed where it is', ({ desk }) => {
    const real = join(desk.home, 'dotfiles.json');
    const file = desk.fileOf(CURSOR);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(real, MINE);
    symlinkSync(real, file);
    desk.connect(CURSOR);
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toContain('holdfast');
    desk.undo(CURSOR);
    expect(readFileSync(real, 'utf8')).toBe(MINE);
  });

  test('the difference shows the change and no secret', ({ desk }) => {
    const file = desk.write(CURSOR, MINE);
    const { difference } = desk.connector.plan(CURSOR, TARGET);
    expect(difference).toBe(
      [
        `--- ${file}`,
        `+++ ${file}`,
        '@@ -2,6 +2,12 @@',
        '   // what I use',
        '   "mcpServers": {',
        '     "files": { "command": "npx", "env": { "API_KEY": "…" } }, // keep',
        '+    "holdfast": {',
        `+      "url": "${URL}",`,
        '+      "headers": {',
        '+        "Authorization": "Bearer hf_…"',
        '+      }',
        '+    },',
        '   },',
        '   "theme": "dark"',
        ' }',
      ].join('\n'),
    );
  });

  test('whatever is in it, the rest means the same and undo restores each byte', ({ desk }) => {
    const space = fc.constantFrom('', ' ', '\n', '\t', ' // c\n', '/* c */');
    const shape = fc.record({
      value: fc.dictionary(fc.string(), fc.jsonValue()),
      servers: fc.option(fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()))),
      indent: fc.constantFrom(undefined, 2, 4, '\t'),
      spaces: fc.array(space, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(shape, ({ value, servers, indent, spaces }) => {
        const whole = servers === null ? value : { ...value, mcpServers: servers };
        // Comments and space behind every brace that opens a line or the text.
        let at = 0;
        const text = JSON.stringify(whole, null, indent).replace(/^\s*[{}]/gm, (brace) => {
          const added = spaces[at++ % spaces.length] as string;
          return brace.trim() === '{' ? brace + added : added + brace;
        });
        const errors: never[] = [];
        const before = parse(text, errors);
        fc.pre(errors.length === 0 && (before.mcpServers === undefined || isObject(before.mcpServers)));
        const file = desk.write(CURSOR, text);
        desk.connect(CURSOR);
        const after = parse(readFileSync(file, 'utf8'), errors, { allowTrailingComma: true });
        expect(errors).toEqual([]);
        expect(after.mcpServers.holdfast.url).toBe(URL);
        expect({ ...after, mcpServers: { ...after.mcpServers, holdfast: null } }).toEqual({
          ...before,
          mcpServers: { ...before.mcpServers, holdfast: null },
        });
        const comments = (one: string) => one.match(/\/\/ c\n|\/\* c \*\//g)?.length ?? 0;
        expect(comments(readFileSync(file, 'utf8'))).toBe(comments(text));
        desk.undo(CURSOR);
        expect(readFileSync(file, 'utf8')).toBe(text);
      }),
      { numRuns: 60 },
    );
  });
});

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);

describe('a file of TOML', () => {
  const TOML = `# mine
model = "o5"

[mcp_servers.files] # the files
command = "npx"

[tui]
theme = "dark" # last`;

  test('gets a table at its end, and undo takes only that out', ({ desk }) => {
    const file = desk.write(CODEX, TOML);
    desk.connect(CODEX);
    expect(readFileSync(file, 'utf8')).toBe(`${TOML}\n\n${EXPECTED.codex?.[1]}`);
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n[later]\na = 1\n`);
    desk.undo(CODEX);
    expect(readFileSync(file, 'utf8')).toBe(`${TOML}\n\n[later]\na = 1\n`);
  });

  test('has its own table replaced in place, and the fields that the user added to it stay', ({ desk }) => {
    const old = `[mcp_servers.holdfast]
url = "http://127.0.0.1:1/mcp"
tool_timeout_sec = 9 # slow
[mcp_servers.holdfast.http_headers]
Authorization = "Bearer old"
# behind
[tui]
theme = "dark"
`;
    const file = desk.write(CODEX, old);
    desk.connect(CODEX);
    expect(readFileSync(file, 'utf8')).toBe(
      `${EXPECTED.codex?.[1]}tool_timeout_sec = 9 # slow\n# behind\n[tui]\ntheme = "dark"\n`,
    );
    desk.undo(CODEX);
    expect(readFileSync(file, 'utf8')).toBe(old);
  });

  test.for([
    'mcp_servers = { files = { command = "npx" } }\n',
    '[mcp_servers]\nholdfast = { url = "http://127.0.0.1:1/mcp" }\n',
    'mcp_servers.holdfast.url = "http://127.0.0.1:1/mcp"\n',
  ])('%j is left as it is', (text, { desk }) => {
    const file = desk.write(CODEX, text);
    expect(() => desk.connector.plan(CODEX, TARGET)).toThrow('cannot be changed safely');
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

test('opencode of version 2 keeps its form', ({ desk }) => {
  const client = clientOf('opencode');
  const file = desk.write(client, '{ "mcp": { "servers": {} } }');
  desk.connect(client);
  expect(JSON.parse(readFileSync(file, 'utf8')).mcp.servers.holdfast.type).toBe('remote');
});

test('Windsurf under its new name has its new form', ({ desk }) => {
  const file = join(desk.home, '.config/devin/mcp_config.json');
  mkdirSync(dirname(file), { recursive: true });
  desk.connect(clientOf('windsurf'));
  expect(JSON.parse(readFileSync(file, 'utf8')).mcpServers.holdfast.url).toBe(URL);
});
