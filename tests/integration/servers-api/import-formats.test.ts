import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { placesOf } from '#src/main/upstream/config/import/places';
import { brief, homeTest as test } from './home-folders';

const NPX = { command: 'npx', args: ['-y', 'files'] };

describe('where the other programs keep their servers', () => {
  const filesOf = (platform: NodeJS.Platform, folder: string, environment: NodeJS.ProcessEnv = {}) =>
    placesOf({ home: folder, platform, environment, isOwn: () => false }).map(
      ({ source, file }) => `${source} ${file}`,
    );

  test('on Linux', () => {
    expect(filesOf('linux', '/home/me')).toEqual([
      'claude-code /home/me/.claude.json',
      'claude-desktop /home/me/.config/Claude/claude_desktop_config.json',
      'cursor /home/me/.cursor/mcp.json',
      'vscode /home/me/.config/Code/User/mcp.json',
      'vscode /home/me/.config/Code/User/settings.json',
      'vscode /home/me/.config/Code - Insiders/User/mcp.json',
      'vscode /home/me/.config/Code - Insiders/User/settings.json',
      'codex /home/me/.codex/config.toml',
      'gemini /home/me/.gemini/settings.json',
    ]);
  });

  test('on macOS', () => {
    const files = filesOf('darwin', '/Users/me');
    expect(files).toContain('claude-desktop /Users/me/Library/Application Support/Claude/claude_desktop_config.json');
    expect(files).toContain('vscode /Users/me/Library/Application Support/Code/User/mcp.json');
  });

  test('on Windows', () => {
    const files = filesOf('win32', 'C:\\Users\\me', { APPDATA: 'D:\\Roaming' });
    expect(files).toContain('claude-code C:\\Users\\me\\.claude.json');
    expect(files).toContain('claude-desktop D:\\Roaming\\Claude\\claude_desktop_config.json');
    expect(files).toContain('vscode D:\\Roaming\\Code\\User\\mcp.json');
    expect(files).toContain('codex C:\\Users\\me\\.codex\\config.toml');
    expect(files.some((file) => file.includes('\\Packages\\Claude_'))).toBe(true);
  });

  test('when the environment says otherwise', () => {
    const files = filesOf('linux', '/home/me', { CLAUDE_CONFIG_DIR: '/c', CODEX_HOME: '/x', XDG_CONFIG_HOME: '/y' });
    expect(files).toContain('claude-code /c/.claude.json');
    expect(files).toContain('codex /x/config.toml');
    expect(files).toContain('vscode /y/Code/User/mcp.json');
  });

  test('is looked at without fear: nothing there is no problem, a broken file is one with its line', ({ home }) => {
    home.write('.cursor/mcp.json', '{\n  "mcpServers": {\n    "a": \n  }\n}');
    home.write('.codex/config.toml', 'a = 1\n[mcp_servers.x\ncommand = "y"\n');
    home.write('.gemini/settings.json/x', 'a folder of that name');
    const { candidates, looked_at } = home.preview();
    expect(candidates).toEqual([]);
    const told = Object.fromEntries(looked_at.map(({ source, found, problem }) => [source, [found, problem]]));
    expect(told['claude-code']).toEqual([false, '']);
    expect(told.cursor).toEqual([true, expect.stringMatching(/mcp\.json:4: a value is missing here\.$/)]);
    expect(told.codex).toEqual([true, expect.stringMatching(/config\.toml:2: invalid TOML \(.+\)\. Correct it\.$/)]);
    expect(told.gemini).toEqual([true, expect.stringMatching(/settings\.json: it cannot be read \(EISDIR\)/)]);
  });
});

describe('Claude Code', () => {
  test('has servers of the user, of projects, and in files of projects', ({ home }) => {
    const project = join(home.folder, 'work');
    home.write('work/.mcp.json', { mcpServers: { shared: { command: './serve', env: { A: '$' + '{A:-b}' } } } });
    home.write('.claude.json', {
      numStartups: 5,
      mcpServers: {
        user: { type: 'stdio', ...NPX, env: { TOKEN: 'sk-1' } },
        web: { type: 'http', url: 'https://example.com/mcp', headers: { Authorization: 'Bearer $' + '{TOKEN}' } },
        old: { type: 'sse', url: 'https://example.com/sse' },
      },
      projects: { [project]: { mcpServers: { local: { command: 'x' } }, history: [] }, '/gone': {}, '/broken': 7 },
    });
    const { preview, choose } = home.look();
    expect(preview.candidates.map(brief)).toEqual([
      'claude-code user new',
      'claude-code web new',
      'claude-code old new',
      `claude-code local new: Of the project ${project}.`,
      `claude-code shared new: Of the project ${project}.`,
    ]);
    expect(preview.looked_at.filter(({ source }) => source === 'claude-code')).toHaveLength(2);
    const inputs = choose(preview.candidates.filter(({ verdict }) => verdict === 'new').map(({ id }) => id)).map(
      ({ entry }) => entry.input,
    );
    expect(inputs).toEqual([
      { ...NPX, env: { TOKEN: 'sk-1' } },
      { url: 'https://example.com/mcp', headers: { Authorization: 'Bearer $' + '{TOKEN}' } },
      { url: 'https://example.com/sse', headers: {}, sse: true },
      { command: 'x', args: [], env: {}, cwd: project },
      { command: './serve', args: [], env: { A: '$' + '{A:-b}' }, cwd: project },
    ]);
    expect(JSON.stringify(preview)).not.toContain('sk-1');
  });
});

describe('Claude Desktop', () => {
  test.for(['linux', 'darwin'] as const)('on %s; its texts stand for themselves', (platform, { newHome }) => {
    const home = newHome(platform);
    const folder = platform === 'darwin' ? 'Library/Application Support' : '.config';
    home.write(`${folder}/Claude/claude_desktop_config.json`, {
      mcpServers: { files: { ...NPX, env: { PASSWORD: 'a$' + '{b}' } } },
    });
    const { candidate, input } = home.only();
    expect(brief(candidate)).toBe('claude-desktop files new');
    expect(input()).toEqual({ ...NPX, env: { PASSWORD: 'a$$' + '{b}' } });
  });
});

describe('Cursor', () => {
  test('may have comments, its own references, and a file of variables', ({ home }) => {
    const variables = home.write('vars.env', 'LOADED="from file"\nOWN=file\n# comment\n');
    home.write(
      '.cursor/mcp.json',
      `{ // mine
        "mcpServers": { "a b": { "command": "\${userHome}/bin/x", "args": ["\${userHome}\${/}d"],
          "env": { "OWN": "entry", "PORT": 3000, "NONE": null, "T": "\${env:T}" }, "envFile": "${variables}" } } }`,
    );
    const { candidate, input } = home.only();
    expect(brief(candidate)).toBe('cursor a-b renamed: "a b" contains a space.');
    expect(candidate).toMatchObject({ original_name: 'a b', env_names: ['LOADED', 'OWN', 'PORT', 'T'] });
    expect(input()).toEqual({
      command: `${home.folder}/bin/x`,
      args: [`${home.folder}/d`],
      env: { LOADED: 'from file', OWN: 'entry', PORT: '3000', T: '$' + '{env:T}' },
    });
  });

  test('is warned of what works only in an open project, or with a file that is gone', ({ home }) => {
    home.write('.cursor/mcp.json', {
      mcpServers: {
        a: { command: 'x', args: ['$' + '{workspaceFolder}/y'] },
        b: { command: 'x', envFile: '/gone/.env' },
        c: { command: 'x', envFile: '$' + '{workspaceFolder}/.env' },
        d: 'npx',
        e: { url: 7 },
      },
    });
    expect(home.preview().candidates.map(({ verdict, remark }) => [verdict, remark])).toEqual([
      ['not_possible', expect.stringMatching(/folder of an open project/)],
      ['not_possible', expect.stringMatching(/\/gone\/\.env, cannot be read/)],
      ['not_possible', expect.stringMatching(/file of an open project/)],
      ['not_possible', expect.stringMatching(/must be an object/)],
      ['not_possible', expect.stringMatching(/neither "command" nor "url"/)],
    ]);
  });
});

describe('VS Code', () => {
  test('has a file of its own, one a profile, and older settings', ({ home }) => {
    home.write('.config/Code/User/mcp.json', {
      inputs: [{ id: 'key', type: 'promptString', password: true }],
      servers: { asks: { type: 'stdio', command: 'x', env: { KEY: '$' + '{input:key}' } } },
    });
    home.write('.config/Code/User/profiles/-12ab/mcp.json', {
      servers: { profile: { url: 'https://example.com/mcp' } },
    });
    home.write(
      '.config/Code/User/settings.json',
      '{ /* mine */ "mcp": { "servers": { "older": { "command": "y" } } }, }',
    );
    home.write('.config/Code - Insiders/User/settings.json', { 'mcp.servers': { oldest: { command: 'z' } } });
    expect(home.preview().candidates.map(brief)).toEqual([
      'vscode asks new: VS Code asks for KEY when it starts the server. Edit the server afterwards and enter it.',
      'vscode profile new',
      'vscode older new',
      'vscode oldest new',
    ]);
  });
});

describe('Codex', () => {
  test('writes TOML in all its forms', ({ home }) => {
    Object.assign(home.environment, { PASSED: 'p', ALSO: 'a' });
    home.write(
      '.codex/config.toml',
      `\uFEFFmodel = "x" # comment
[mcp_servers.files]
command = 'C:\\tools\\npx.cmd'
args = [
  "-y", # yes
  """multi
line""",
]
env = { "A" = "1", B = "\${not_replaced}" }
env_vars = ["PASSED", "UNSET", { name = "ALSO", source = "local" }]
startup_timeout_sec = 20

[mcp_servers."dotted.name"]
url = "https://example.com/mcp"
bearer_token_env_var = "TOKEN"
http_headers = { "X-Region" = "eu" }
[mcp_servers."dotted.name".env_http_headers]
"X-Key" = "KEY"

[mcp_servers.off]
command = "x"
enabled = false
[mcp_servers.off.env]
C = "3"
`,
    );
    const { preview, choose } = home.look();
    expect(preview.candidates.map(brief)).toEqual([
      'codex files new',
      'codex dotted-name renamed: "dotted.name" contains “.”.',
      'codex off new',
    ]);
    expect(choose(preview.candidates.map(({ id }) => id)).map(({ entry }) => entry.input)).toEqual([
      {
        command: 'C:\\tools\\npx.cmd',
        args: ['-y', 'multi\nline'],
        env: { A: '1', B: '$$' + '{not_replaced}', PASSED: '$' + '{PASSED}', ALSO: '$' + '{ALSO}' },
        start_seconds: 20,
      },
      {
        url: 'https://example.com/mcp',
        headers: { 'X-Region': 'eu', 'X-Key': '$' + '{KEY}', Authorization: 'Bearer $' + '{TOKEN}' },
      },
      { command: 'x', args: [], env: { C: '3' }, enabled: false },
    ]);
  });

  test('may say nothing of servers, or odd things', ({ home }) => {
    home.write('.codex/config.toml', 'mcp_servers = 3\n');
    expect(home.preview().candidates).toEqual([]);
    home.write('.codex/config.toml', 'mcp_servers.a = 3\nmcp_servers.b = { command = 1 }\n');
    expect(home.preview().candidates.map(({ verdict }) => verdict)).toEqual(['not_possible', 'not_possible']);
  });
});

describe('Gemini CLI', () => {
  test('calls addresses and variables by other names', ({ home }) => {
    home.write(
      '.gemini/settings.json',
      `{ // mine
        "theme": "x", "mcpServers": {
        "web": { "httpUrl": "https://example.com/mcp", "headers": { "Authorization": "Bearer $TOKEN" }, "timeout": 5 },
        "old": { "url": "https://example.com/sse" },
        "typed": { "url": "https://example.com/mcp2", "type": "http" },
        "tcp": { "tcp": "localhost:1" },
        "local": { "command": "x", "env": { "A": "$A", "B": "\${B}" }, "cwd": "~/w", "trust": true } } }`,
    );
    const { preview, choose } = home.look();
    expect(preview.candidates.map(brief)).toEqual([
      'gemini web new: Its time limits (timeout) are not taken.',
      'gemini old new: Its address may be one for the older HTTP+SSE. Test it afterwards; if it is, edit it.',
      'gemini typed new',
      expect.stringMatching(/^gemini tcp not_possible: Speaks over a plain TCP connection/),
      'gemini local new: Its approvals (trust) are not taken: your client decides what it asks.',
    ]);
    const [web, local] = ['web', 'local'].map((name) => preview.candidates.find((it) => it.name === name)?.id ?? '');
    expect(choose([web ?? '', local ?? '']).map(({ entry }) => entry.input)).toEqual([
      { url: 'https://example.com/mcp', headers: { Authorization: 'Bearer $' + '{TOKEN}' } },
      { command: 'x', args: [], env: { A: '$' + '{A}', B: '$' + '{B}' }, cwd: join(home.folder, 'w') },
    ]);
  });
});

describe('a login', () => {
  const REDIRECT =
    'For its client, register the redirect address of Holdfast too: on its usual port http://127.0.0.1:8181/oauth/callback.';
  const ENTER = 'If this client has a secret, enter it afterwards: it is not in the file.';
  const url = 'https://example.com/mcp';

  test('of Claude Code has one text of scopes, and its secret elsewhere', ({ home }) => {
    home.write('.claude.json', {
      mcpServers: {
        a: {
          type: 'http',
          url,
          oauth: {
            clientId: 'c',
            callbackPort: 8080,
            scopes: 'read  write',
            authServerMetadataUrl: 'https://login.example.com/.well-known/openid-configuration',
          },
        },
      },
    });
    const { candidate, input } = home.only();
    expect(brief(candidate)).toBe(`claude-code a new: ${REDIRECT} ${ENTER} Not taken of its login: callbackPort.`);
    expect(input()?.oauth).toEqual({
      client_id: 'c',
      scopes: ['read', 'write'],
      authorization_server: 'https://login.example.com',
    });
  });

  test.for([
    ['https://x.example/.well-known/oauth-authorization-server/tenant', 'https://x.example/tenant'],
    ['https://x.example/tenant/.well-known/openid-configuration', 'https://x.example/tenant'],
    ['https://x.example/metadata.json', undefined],
    ['nonsense', undefined],
  ])('names its authorization server by the address of its metadata: %s', ([metadata, issuer], { home }) => {
    home.write('.claude.json', { mcpServers: { a: { url, oauth: { authServerMetadataUrl: metadata } } } });
    const { candidate, input } = home.only();
    expect(input()?.oauth?.authorization_server).toBe(issuer);
    expect(candidate.remark).toBe(
      issuer === undefined ? 'Its authorization server is not taken: the address is unclear.' : '',
    );
  });

  test('of Codex stands beside its scopes and its resource, and gives way to a header', ({ home }) => {
    home.write(
      '.codex/config.toml',
      `mcp_oauth_callback_port = 9000
[mcp_servers.a]
url = "${url}"
scopes = ["read", "\${as it is}"]
oauth_resource = "https://example.com"
oauth = { client_id = "c", callback_port = 9876 }
[mcp_servers.b]
url = "${url}/b"
bearer_token_env_var = "TOKEN"
scopes = ["read"]
[mcp_servers.c]
url = "${url}/c"
auth = "chatgpt"
`,
    );
    const { preview, choose } = home.look();
    expect(preview.candidates.map(brief)).toEqual([
      `codex a new: ${REDIRECT} Not taken of its login: callback_port.`,
      'codex b new: Its login is not taken: it sends an Authorization header instead.',
      'codex c new: Not taken of its login: auth.',
    ]);
    expect(choose(preview.candidates.map(({ id }) => id)).map(({ entry }) => entry.input.oauth)).toEqual([
      { client_id: 'c', scopes: ['read', '$$' + '{as it is}'], resource: 'https://example.com' },
      undefined,
      undefined,
    ]);
  });

  test('of Gemini CLI may have a secret, addresses that are found out here, or the credentials of Google', ({
    home,
  }) => {
    home.write('.gemini/settings.json', {
      mcpServers: {
        a: {
          httpUrl: url,
          oauth: {
            enabled: true,
            clientId: 'c',
            clientSecret: '$SECRET',
            authorizationUrl: 'https://x/a',
            tokenUrl: 'https://x/t',
            scopes: ['read'],
            redirectUri: 'http://localhost:7777/oauth/callback',
            audiences: ['z'],
          },
        },
        b: { httpUrl: `${url}/b`, oauth: { enabled: true } },
        c: { httpUrl: `${url}/c`, authProviderType: 'google_credentials', oauth: { scopes: ['s'] } },
        d: { url: `${url}/d`, type: 'sse' },
      },
    });
    const { preview, choose } = home.look();
    expect(preview.candidates.map(brief)).toEqual([
      `gemini a new: ${REDIRECT} Its login addresses (authorizationUrl, tokenUrl) are not taken: Holdfast finds out where to log in. Not taken of its login: redirectUri, audiences.`,
      'gemini b new',
      expect.stringMatching(/^gemini c new: Logs in with what Google keeps on this computer \(google_credentials\)/),
      'gemini d new',
    ]);
    const inputs = choose(preview.candidates.map(({ id }) => id)).map(({ entry }) => entry.input);
    expect(inputs.map(({ oauth }) => oauth)).toEqual([
      { client_id: 'c', client_secret: '$' + '{SECRET}', scopes: ['read'] },
      { needed: true },
      undefined,
      undefined,
    ]);
    expect(inputs[3]).toEqual({ url: `${url}/d`, headers: {}, sse: true });
  });

  test('of Cursor is in capital letters; one of VS Code may ask for it', ({ home }) => {
    home.write('.cursor/mcp.json', {
      mcpServers: { a: { url, auth: { CLIENT_ID: '$' + '{env:ID}', CLIENT_SECRET: 'sk-1', scopes: ['read'] } } },
    });
    home.write('.config/Code/User/mcp.json', {
      servers: { b: { type: 'http', url, oauth: { clientId: '$' + '{input:client}' } } },
    });
    const { preview, choose } = home.look();
    expect(preview.candidates.map(brief)).toEqual([
      `cursor a new: ${REDIRECT}`,
      `vscode b new: VS Code asks for the client id when it starts the server. Edit the server afterwards and enter it. ${REDIRECT} ${ENTER}`,
    ]);
    expect(JSON.stringify(preview)).not.toContain('sk-1');
    expect(choose(preview.candidates.map(({ id }) => id)).map(({ entry }) => entry.input.oauth)).toEqual([
      { client_id: '$' + '{env:ID}', client_secret: 'sk-1', scopes: ['read'] },
      { client_id: '$' + '{input:client}' },
    ]);
  });

  test('that cannot be right is no reason to take something else', ({ home }) => {
    home.write('.cursor/mcp.json', {
      mcpServers: {
        a: { url, auth: 7 },
        b: { url: `${url}/b`, auth: { CLIENT_ID: { deep: 1 }, CLIENT_SECRET: 'x', scopes: 7 } },
        c: { command: 'x', auth: { CLIENT_ID: 'c' } },
      },
    });
    expect(home.preview().candidates.map(brief)).toEqual([
      'cursor a new: Not taken of its login: auth.',
      'cursor b new: Not taken of its login: CLIENT_SECRET.',
      'cursor c new: Its login (auth) is not taken.',
    ]);
  });
});

describe('what does not come along', () => {
  const remarks = (candidates: readonly { name: string; remark: string }[]) =>
    Object.fromEntries(candidates.map(({ name, remark }) => [name, remark]));

  test('is told of every field: limits first of all', ({ home }) => {
    home.write(
      '.codex/config.toml',
      `[mcp_servers.a]\ncommand = "x"\ndisabled_tools = ["d"]\ntool_timeout_sec = 9\n[mcp_servers.b]\ncommand = "y"\nenabled_tools = ["e"]\nrequired = true\n`,
    );
    home.write('.cursor/mcp.json', {
      mcpServers: {
        c: { serverUrl: 'https://example.com/c', auth: { CLIENT_ID: 'x' }, alwaysAllow: ['z'] },
        d: { url: 'https://example.com/d', headersHelper: '/x.sh', odd: 1, odder: 2 },
        e: { command: 'z', args: '-y', env: { DEEP: { a: 1 }, GONE: null } },
      },
    });
    expect(remarks(home.preview().candidates)).toEqual({
      a: 'Its limit on tools comes along for Codex, if that is connected. Hidden from it: d. Its time limits (tool_timeout_sec) are not taken.',
      b: 'Its limit on tools comes along for Codex, if that is connected. Shown to it: e. Not taken: required.',
      c: 'Its address was read from "serverUrl". For its client, register the redirect address of Holdfast too: on its usual port http://127.0.0.1:8181/oauth/callback. Its approvals (alwaysAllow) are not taken: your client decides what it asks.',
      d: 'A program makes its headers there (headersHelper), which Holdfast does not run. Enter them afterwards. Not taken: odd, odder.',
      e: 'Not taken, since it is not what it should be: args. Left out, since there is no text for it: DEEP.',
    });
  });

  test('is switched off here when it is switched off there', ({ home }) => {
    const project = join(home.folder, 'work');
    home.write('.claude.json', {
      mcpServers: { everywhere: NPX },
      projects: {
        [project]: {
          mcpServers: { local: { command: 'l' } },
          disabledMcpServers: ['local', 'everywhere'],
          disabledMcpjsonServers: ['shared'],
        },
      },
    });
    home.write('work/.mcp.json', {
      mcpServers: { shared: { command: 's' }, refused: { command: 'r' }, used: { command: 'u' } },
    });
    home.write('work/.claude/settings.local.json', { disabledMcpjsonServers: ['refused'] });
    home.write('.gemini/settings.json', {
      mcpServers: { out: { command: 'o' }, in: { command: 'i' }, other: { command: 'p' } },
      mcp: { excluded: ['out'], allowed: ['in', 'out'] },
    });
    const { preview, choose } = home.look();
    const inputs = choose(preview.candidates.map(({ id }) => id)).map(({ entry }) => [entry.name, entry.input.enabled]);
    expect(Object.fromEntries(inputs)).toEqual({
      everywhere: undefined,
      ...Object.fromEntries(['local', 'shared', 'refused', 'out', 'other'].map((name) => [name, false])),
      used: undefined,
      in: undefined,
    });
    const told = remarks(preview.candidates);
    expect(told.everywhere).toBe(`Switched off in the project ${project}, but not here.`);
    expect(told.local).toContain('Disabled there, so imported disabled.');
    expect(told.other).toContain('Excluded there, so imported disabled.');
  });

  test('is a dollar sign in Gemini CLI only where it begins the name of a set variable', ({ home }) => {
    home.environment.HOST = 'h';
    home.write('.gemini/settings.json', {
      mcpServers: { a: { command: 'x', env: { P: 'pa$word', Q: 'a$' + '{b}', R: 'x-$HOST', S: '$UNSET' } } },
    });
    expect(home.only().input()?.env).toEqual({
      P: 'pa$word',
      Q: 'a$$' + '{b}',
      R: 'x-$' + '{HOST}',
      S: '$' + '{UNSET}',
    });
  });

  test('is no encoding and no line end: UTF-16, marks and CRLF are read', ({ home }) => {
    const variables = home.write('e.env', '\uFEFFAPI_KEY=abc\r\nexport OTHER="x y"\r\n');
    const text = JSON.stringify({ mcpServers: { a: { command: 'x', envFile: variables } } });
    home.write('.cursor/mcp.json', Buffer.from(`\uFEFF${text}`, 'utf16le'));
    expect(home.only().input()?.env).toEqual({ API_KEY: 'abc', OTHER: 'x y' });
  });
});

describe('the verdict', () => {
  test('takes a server once, however many programs have it, and keeps ones apart that differ', ({ home }) => {
    home.write('.claude.json', { mcpServers: { files: NPX, db: { command: 'db', env: { URL: 'dev' } } } });
    home.write('.cursor/mcp.json', { mcpServers: { Files: NPX, db: { command: 'db', env: { URL: 'live' } } } });
    expect(home.preview().candidates.map(brief)).toEqual([
      'claude-code files new',
      'claude-code db new',
      'cursor files same: Already here, as "files".',
      'cursor db-cursor renamed: There is another one of this name.',
    ]);
  });

  test('leaves out what leads to Holdfast itself: it would call itself forever', ({ home }) => {
    const own = 'http://127.0.0.1:8181/mcp';
    home.write('.cursor/mcp.json', {
      mcpServers: {
        a: { url: own },
        b: { command: 'npx', args: ['mcp-remote', own, '--header', 'x'] },
        c: { command: 'holdfast', args: ['bridge'] },
        d: { command: 'node', args: ['/opt/holdfast/holdfast.mjs', 'bridge'] },
        other: { url: 'http://127.0.0.1:8182/mcp' },
      },
    });
    const { preview, choose } = home.look();
    expect(preview.candidates.map(({ original_name, verdict }) => [original_name, verdict])).toEqual([
      ...['a', 'b', 'c', 'd'].map((name) => [name, 'holdfast']),
      ['other', 'new'],
    ]);
    expect(() => choose([preview.candidates[0]?.id ?? ''])).toThrow('cannot be taken: This is Holdfast itself.');
    expect(() => choose(['unknown'])).toThrow('changed since it was shown');
  });
});
