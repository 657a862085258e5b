import type { NewEvent } from '#src/shared/contract/event';
import type { Input, Method, Output } from '#src/shared/contract/index';
import type { ImportPreview, Server, ServerInput, ServerTest } from '#src/shared/contract/server';
import { HoldfastError } from '#src/shared/errors';
import { HOUR, MINUTE, SECOND } from '#src/shared/model/units';
import { makeServer } from '#tests/renderer/support/make-server';

type ServerMethod = Extract<Method, `servers.${string}`>;
export type ServerHandlers = { [M in ServerMethod]: (input: Input<M>) => Output<M> };

/** A server as the supervisor would describe it, with `change` applied. */
const worldServer = (name: string, change: Partial<Server> = {}): Server =>
  makeServer({ name, command: 'npx', args: ['-y', `@example/${name}`], fingerprint: `f-${name}`, ...change });

/** Servers behind the scripted Holdfast: they are changed by the window's calls and by the test. */
export class WorldServers {
  readonly list: Server[] = [];
  readonly problems: string[] = [];
  /** What the window sent to be stored, secrets included. */
  readonly saved: ServerInput[] = [];
  saving: number | null = null;
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
  readonly #removed = new Map<string, { server: Server; index: number }>();
  readonly #append: (event: NewEvent) => void;

  constructor(append: (event: NewEvent) => void) {
    this.#append = append;
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
      'servers.remove': ({ name }) => {
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
      'servers.retry': ({ name }) => this.change(name, { state: 'starting', next_try_at: null }),
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
            state: transport === 'http' ? 'stopped' : 'untrusted',
          }),
        );
        this.list.push(...servers);
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
  state: 'running' as const,
  started_at: Date.now() - 40 * MINUTE,
  restarts: 0,
});

/** Servers in every state that a server can be in. */
export function addServers(servers: WorldServers, sessions: readonly string[]): void {
  const now = Date.now();
  const [first = null, second = null] = sessions;
  servers.saving = 186_000_000;
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
      problem: 'servers.json:31: “args” is no list. Write it as ["-y", "name"].',
    }),
    worldServer('weather', { state: 'starting' }),
  );
  servers.preview = {
    candidates: [
      candidate('1', 'cursor', 'github', 'new', '', { env_names: ['GITHUB_TOKEN'] }),
      candidate('2', 'cursor', 'files-2', 'renamed', 'There is another server called files.', {
        original_name: 'files',
      }),
      candidate('3', 'cursor', 'holdfast', 'holdfast', 'This is Holdfast itself.'),
      candidate('4', 'codex', 'search', 'same', 'It is here already.'),
      candidate('5', 'codex', 'strange', 'not_possible', 'It has neither a command nor a url.', { command: null }),
    ],
    looked_at: [
      { source: 'cursor', file: '/home/dev/.cursor/mcp.json', found: true, problem: '' },
      { source: 'codex', file: '/home/dev/.codex/config.toml', found: true, problem: '' },
      { source: 'vscode', file: '/home/dev/.config/Code/User/mcp.json', found: false, problem: '' },
      { source: 'gemini', file: '/home/dev/.gemini/settings.json', found: true, problem: 'line 4 is no JSON.' },
    ],
  };
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
