import type { NewEvent } from '#src/shared/contract/event';
import type { Input, Method, Output } from '#src/shared/contract/index';
import type { Login } from '#src/shared/contract/login';
import type { ImportPreview, ListedTools, Server, ServerInput, Servers, ServerTest } from '#src/shared/contract/server';
import type { ToolChanges } from '#src/shared/contract/tool-change';
import { HoldfastError } from '#src/shared/errors';
import { said } from '#src/shared/messages/said';
import { NO_LOGIN } from '#src/shared/model/no-login';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { makeServer } from '#tests/renderer/support/make-server';

type ServerMethod = Extract<Method, `servers.${string}`>;
export type ServerHandlers = { [M in ServerMethod]: (input: Input<M>) => Output<M> };

/** A value that VS Code asks for at a start. */
const ASKED = '$' + '{input:key}';

/** A server as the supervisor would describe it, with `change` applied. */
const worldServer = (name: string, change: Partial<Server> = {}): Server =>
  makeServer({ name, command: 'npx', args: ['-y', `@example/${name}`], fingerprint: `f-${name}`, ...change });

/** Servers behind the scripted Holdfast: they are changed by the window's calls and by the test. */
export class WorldServers {
  readonly list: Server[] = [];
  readonly problems: string[] = [];
  /** What each server listed last. */
  readonly changes = new Map<string, ToolChanges>();
  readonly tools = new Map<string, ListedTools>();
  /** What the window sent to be stored, secrets included. */
  readonly saved: ServerInput[] = [];
  saving: number | null = null;
  secrets: Servers['secrets'] = {
    in_keychain: true,
    protection: 'Values and logins of servers are encrypted, with a key in the keychain of the system.',
    problem: null,
  };
  preview: ImportPreview = { candidates: [], looked_at: [] };
  test: ServerTest = {
    ok: true,
    error: null,
    server_info: { name: 'example', version: '1.2.0' },
    protocol_version: '2025-11-25',
    tools: ['count', 'peek'],
    resources: 2,
    prompts: 1,
    duration_ms: 412,
    stderr_tail: [],
  };
  /** Where a login goes that is begun from now on. */
  loginUrl = 'https://login.example.com/authorize?scope=mcp%3Ause+offline_access&state=s';
  /** What the window asked for when it removed servers. */
  readonly removals: Input<'servers.remove'>[] = [];
  readonly #removed = new Map<string, { server: Server; index: number }>();
  readonly #append: (event: NewEvent) => void;

  constructor(append: (event: NewEvent) => void) {
    this.#append = append;
  }

  /** What a server listed last. */
  toolsOf(name: string): ListedTools {
    return this.tools.get(name) ?? { tools: [], more: 0, changed_at: null };
  }

  /** Changes a server and announces it by an event. */
  change(name: string, change: Partial<Server>, event?: NewEvent): Server {
    const index = this.list.findIndex((server) => server.name === name);
    const before = this.list[index];
    if (!before) throw new HoldfastError('server_not_found');
    const after = { ...before, ...change };
    this.list[index] = after;
    this.#append(event ?? this.#configured(after.name, 'changed'));
    return after;
  }

  /** Changes a server's login, announced by an event if there is one for it. */
  login(name: string, change: Partial<Login>, event?: NewEvent): Server {
    const before = this.list.find((server) => server.name === name);
    const login = { ...(before?.login ?? NO_LOGIN), ...change };
    const state = login.state === 'needed' ? 'needs_login' : login.state === 'logged_in' ? 'stopped' : before?.state;
    return this.change(name, { login, ...(state !== undefined && { state }) }, event);
  }

  /** What happens when the browser comes back with a good answer. */
  finishLogin(name: string, account: string | null = 'me@example.com'): Server {
    const at = Date.now();
    const payload = { server: name, account, by: 'person' } as const;
    return this.login(
      name,
      {
        state: 'logged_in',
        since: at,
        account,
        scopes: ['mcp:use', 'offline_access'],
        expires_at: at + HOUR,
        refreshes: true,
        held_calls: 0,
        problem: null,
      },
      { kind: 'logged_in', at, session_id: null, payload },
    );
  }

  #configured(
    server: string,
    change: 'added' | 'changed' | 'enabled' | 'disabled' | 'confirmed' | 'removed' | 'restored',
  ) {
    const payload = { server, change };
    return { kind: 'server_configured', at: Date.now(), session_id: null, payload } satisfies NewEvent;
  }

  handlers(): ServerHandlers {
    return {
      'servers.list': () => ({
        servers: [...this.list],
        file: '/home/dev/.config/holdfast/servers.json',
        problems: [...this.problems],
        keeper: this.list.some(({ instances }) => instances.length > 0)
          ? { pid: 4_700, started_at: Date.now() - 3 * HOUR, children: 4 }
          : null,
        secrets: this.secrets,
        rss_saved_bytes: this.saving,
      }),
      'servers.save': ({ server, replaces }) => {
        this.saved.push(server);
        if (replaces !== server.name && this.list.some(({ name }) => name === server.name)) {
          throw new HoldfastError('server_exists');
        }
        const stdio = server.command !== undefined;
        const index = this.list.findIndex(({ name }) => name === replaces);
        const fresh = worldServer(server.name, {
          transport: stdio ? 'stdio' : 'http',
          command: server.command ?? null,
          args: server.args ?? [],
          cwd: server.cwd ?? null,
          url: server.url ?? null,
          older_transport: server.sse ?? false,
          oauth: this.list[index]?.oauth ?? null,
          env_names: Object.keys(server.env ?? {}),
          header_names: Object.keys(server.headers ?? {}),
          policy: server.policy ?? 'per-session',
          idle_stop_minutes: server.idle_stop_minutes ?? 60,
          enabled: server.enabled ?? true,
          state: server.enabled === false ? 'disabled' : 'stopped',
          fingerprint: `f-${server.name}-${this.saved.length}`,
        });
        if (index >= 0) this.list[index] = fresh;
        else this.list.push(fresh);
        this.#append(this.#configured(server.name, index >= 0 ? 'changed' : 'added'));
        return fresh;
      },
      'servers.set_enabled': ({ name, enabled }) => {
        const trusted = this.list.find((server) => server.name === name)?.trusted;
        const state = !enabled ? 'disabled' : trusted ? 'stopped' : 'untrusted';
        return this.change(name, { enabled, state }, this.#configured(name, enabled ? 'enabled' : 'disabled'));
      },
      'servers.trust': ({ name, fingerprint }) => {
        if (this.list.find((server) => server.name === name)?.fingerprint !== fingerprint) {
          throw new HoldfastError('server_changed');
        }
        return this.change(name, { trusted: true, state: 'stopped' }, this.#configured(name, 'confirmed'));
      },
      'servers.remove': (input) => {
        const { name } = input;
        this.removals.push(input);
        const index = this.list.findIndex((server) => server.name === name);
        const [server] = this.list.splice(index, 1);
        if (!server) throw new HoldfastError('server_not_found');
        const undo_id = `u_${this.#removed.size}`;
        this.#removed.set(undo_id, { server, index });
        this.#append(this.#configured(name, 'removed'));
        return { undo_id };
      },
      'servers.undo_remove': ({ undo_id }) => {
        const removed = this.#removed.get(undo_id);
        if (!removed) throw new HoldfastError('server_not_found');
        this.list.splice(removed.index, 0, removed.server);
        this.#append(this.#configured(removed.server.name, 'restored'));
        return removed.server;
      },
      'servers.test': () => this.test,
      'servers.log_in': ({ name }) => {
        this.login(name, { state: 'under_way', problem: null });
        const { host } = new URL(this.loginUrl);
        return { url: this.loginUrl, host, expires_at: Date.now() + 10 * MINUTE, code: null };
      },
      'servers.cancel_login': ({ name }) => this.login(name, { state: 'needed' }),
      'servers.log_out': ({ name }) => {
        const since = Date.now();
        const login = { ...NO_LOGIN, state: 'needed', since, host: 'login.example.com' } as const;
        const event = {
          kind: 'logged_out',
          at: since,
          session_id: null,
          payload: { server: name, revoked: true },
        } as const;
        return this.change(name, { state: 'needs_login', login }, event);
      },
      'servers.retry': ({ name }) => this.change(name, { state: 'starting', next_try_at: null }),
      'servers.restart': ({ name }) => this.change(name, { state: 'starting', next_try_at: null }),
      'servers.stop': ({ name, instance_id }) => {
        const all = this.list.find((one) => one.name === name)?.instances ?? [];
        const instances = instance_id === undefined ? [] : all.filter((one) => one.instance_id !== instance_id);
        return this.change(name, { state: instances.length > 0 ? 'running' : 'stopped', instances });
      },
      'servers.tools': ({ name }) => this.toolsOf(name),
      'servers.changes': ({ name }) => this.changes.get(name) ?? { changes: [], more: 0 },
      'servers.look_at_changes': ({ name }) => this.change(name, {}),
      'servers.accept_changes': ({ name }) => {
        this.changes.delete(name);
        return this.change(name, { tool_changes: { changed: 0, unseen: 0, held: 0, version: false } });
      },
      'servers.stderr': ({ name }) => ({
        lines: Array.from({ length: 120 }, (_, index) => `line ${index + 1} of ${name}`),
      }),
      'servers.import_preview': () => this.preview,
      'servers.import': ({ ids }) => {
        const taken = this.preview.candidates.filter(({ id }) => ids.includes(id));
        const servers = taken.map(({ name, transport, command, args, url, env_names }) =>
          worldServer(name, {
            transport,
            command,
            args,
            url,
            env_names,
            trusted: transport === 'http',
            ...(args.includes(ASKED)
              ? {
                  state: 'broken',
                  problem: `servers.json:9: ${name}: ${said('said.value.asked', { reference: ASKED })}`,
                }
              : { state: transport === 'http' ? 'stopped' : 'untrusted' }),
          }),
        );
        this.list.push(...servers);
        const candidates = this.preview.candidates.map((one) =>
          taken.includes(one) ? { ...one, verdict: 'same' as const } : one,
        );
        this.preview = { ...this.preview, candidates };
        for (const { name } of servers) this.#append(this.#configured(name, 'added'));
        return { servers };
      },
    };
  }
}

const instance = (id: string, pid: number | null, session_id: string | null, rss_bytes: number | null) => ({
  instance_id: id,
  session_id,
  pid,
  rss_bytes,
  cpu_percent: pid === null ? null : (pid % 80) / 4,
  state: 'running' as const,
  started_at: Date.now() - 40 * MINUTE,
  restarts: 0,
});

/** Servers in every state that a server can be in. */
export function addServers(servers: WorldServers, sessions: readonly string[]): void {
  const now = Date.now();
  const [first = null, second = null] = sessions;
  servers.saving = 186_000_000;
  servers.tools.set('files', {
    tools: [
      { name: 'read_text_file', description: 'Read the complete contents of a file from the file system as text.' },
      { name: 'write_file', description: 'Create a new file or completely overwrite an existing file.' },
      { name: 'list_directory', description: 'Get a detailed listing of all files and directories in a path.' },
      { name: 'move_file', description: 'Move or rename files and directories.' },
      { name: 'search_files', description: null },
      { name: 'odd\u202ename', description: 'Its name hides a sign.' },
    ],
    more: 0,
    changed_at: now - 5 * MINUTE,
  });
  servers.list.push(
    worldServer('files', {
      args: ['-y', '@modelcontextprotocol/server-filesystem', '/home/dev/My Projects'],
      state: 'running',
      sessions_using: 2,
      instances: [instance('i_1', 4_812, first, 64_000_000), instance('i_2', 4_820, second, 61_000_000)],
      server_info: { name: 'secure-filesystem-server', version: '0.9.4' },
      protocol_version: '2025-11-25',
      stderr_tail: ['Secure MCP Filesystem Server running on stdio', 'Allowed directories: [ /home/dev/My Projects ]'],
    }),
    worldServer('search', {
      policy: 'shared',
      env_names: ['SEARCH_API_KEY'],
      state: 'running',
      sessions_using: 4,
      restarts: 1,
      instances: [instance('i_3', 4_830, null, 93_000_000)],
      server_info: { name: 'search', version: '2.1.0' },
      protocol_version: '2025-11-25',
    }),
    worldServer('database', {
      command: '/usr/local/bin/pg-mcp',
      args: ['--dsn', 'service=dev'],
      state: 'waiting',
      attempt: 2,
      restarts: 3,
      last_error: 'ended with code 1',
      last_error_at: now - 20 * SECOND,
      next_try_at: now + 14 * SECOND,
      stderr_tail: Array.from(
        { length: 20 },
        (_, index) => `\u001b[31merror\u001b[0m: connection refused (${index + 1})`,
      ),
    }),
    worldServer('browser', {
      policy: 'lazy',
      idle_stop_minutes: 10,
      state: 'circuit_open',
      attempt: 5,
      last_error: 'was killed by SIGKILL',
      last_error_at: now - 40 * SECOND,
      next_try_at: now + 50 * SECOND,
    }),
    worldServer('tickets', {
      transport: 'http',
      command: null,
      args: [],
      url: 'https://tickets.example/mcp',
      older_transport: true,
      header_names: ['Authorization'],
      state: 'stopped',
    }),
    worldServer('notes', {
      trusted: false,
      state: 'untrusted',
      args: ['-y', '@example/notes', '--name', 'two words', ''],
    }),
    worldServer('old-tools', { enabled: false, state: 'disabled' }),
    worldServer('broken', {
      state: 'broken',
      problem: `servers.json:31: ${said('said.entry.args')}`,
    }),
    worldServer('weather', { state: 'starting' }),
  );
  servers.preview = {
    candidates: [
      candidate('1', 'cursor', 'github', 'new', '', { env_names: ['GITHUB_TOKEN'] }),
      candidate('2', 'cursor', 'files-2', 'renamed', said('said.import.taken_name'), {
        original_name: 'files',
      }),
      candidate('3', 'cursor', 'holdfast', 'holdfast', said('said.import.holdfast')),
      candidate('4', 'codex', 'search', 'same', said('said.import.same', { name: 'search' })),
      candidate('5', 'codex', 'strange', 'not_possible', said('said.entry.neither'), { command: null }),
    ],
    looked_at: [
      { source: 'cursor', file: '/home/dev/.cursor/mcp.json', found: true, problem: '' },
      { source: 'codex', file: '/home/dev/.codex/config.toml', found: true, problem: '' },
      { source: 'vscode', file: '/home/dev/.config/Code/User/mcp.json', found: false, problem: '' },
      {
        source: 'gemini',
        file: '/home/dev/.gemini/settings.json',
        found: true,
        problem: `/home/dev/.gemini/settings.json:4: ${said('said.json.comma')}`,
      },
    ],
  };
}

const webServer = (name: string, login: Partial<Login>, change: Partial<Server> = {}): Server =>
  worldServer(name, {
    transport: 'http',
    command: null,
    args: [],
    url: `https://${name}.example/mcp`,
    login: { ...NO_LOGIN, host: 'login.example.com', ...login },
    ...change,
  });

const neededLogin = (): Server =>
  webServer(
    'issues',
    { state: 'needed', since: Date.now() - 3 * MINUTE, held_calls: 2, problem: said('said.login.asks') },
    { state: 'needs_login', sessions_using: 1 },
  );

/** A login that a person has to make, and one that a machine could not. */
export function addFailedLogins({ list }: WorldServers): void {
  const failed: Partial<Login> = {
    state: 'needed',
    since: Date.now() - 2 * MINUTE,
    is_machine: true,
    problem: said('said.flow.invalid_client'),
  };
  list.push(neededLogin(), webServer('reports', failed, { state: 'needs_login' }));
}

/** Servers over HTTP, one in each state that a login of a person can be in. */
export function addLoginServers({ list }: WorldServers): void {
  const now = Date.now();
  const web = (name: string, login: Partial<Login>) => list.push(webServer(name, login));
  list.push(neededLogin());
  web('calendar', {
    state: 'logged_in',
    since: now - 3 * HOUR,
    account: 'me@example.com',
    scopes: ['mcp:use', 'calendar.read', 'calendar.write', 'contacts.read', 'offline_access'],
    expires_at: now + 20 * MINUTE,
    refreshes: true,
    last_refresh_at: now - 12 * MINUTE,
  });
  web('wiki', {
    state: 'logged_in',
    since: now - HOUR,
    host: `sso.${'very-long-department-name.'.repeat(5)}example.com`,
    account: `<img src=x onerror=alert(1)>.${'a-very-long-account-name'.repeat(5)}@example.com`,
    scopes: ['wiki'],
    expires_at: now + 40 * MINUTE,
  });
  web('weather', { host: null });
}

type Candidate = ImportPreview['candidates'][number];
const candidate = (
  id: string,
  source: Candidate['source'],
  name: string,
  verdict: Candidate['verdict'],
  remark: string,
  change: Partial<Candidate> = {},
): Candidate => ({
  id,
  source,
  name,
  verdict,
  remark,
  file: source === 'codex' ? '/home/dev/.codex/config.toml' : '/home/dev/.cursor/mcp.json',
  original_name: name,
  transport: 'stdio',
  command: 'npx',
  args: ['-y', `@example/${name}`],
  url: null,
  env_names: [],
  header_names: [],
  older_transport: false,
  ...change,
});
