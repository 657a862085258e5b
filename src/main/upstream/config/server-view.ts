import type { Server } from '../../../shared/contract/server';
import { NO_LOGIN } from '../../../shared/model/no-login';
import type { Ms } from '../../../shared/model/units';
import { FILE_NAME } from './file/servers-file';
import { shownHeaders } from './fingerprint';
import { oauthView } from './login-view';
import type { ConfiguredServer } from './resolve';
import type { ServerRunState } from './server-runtime';

/** State of a server that nobody has used yet. */
const NOT_STARTED: ServerRunState = {
  state: 'stopped',
  instances: [],
  sessions_using: 0,
  running_calls: 0,
  restarts: 0,
  attempt: 0,
  last_error: null,
  last_error_at: null,
  next_try_at: null,
  stderr_tail: [],
  server_info: null,
  protocol_version: null,
  list_remarks: { shown: [], more: 0 },
  tool_changes: { changed: 0, unseen: 0, held: 0, version: false },
  login: NO_LOGIN,
};

/** A server as anyone may see it: names of variables, headers and a login's secrets, and all values that are no secrets. */
export function viewOf(server: ConfiguredServer, running: ServerRunState | null, heardAt?: Ms): Server {
  const { entry, trusted, commandFingerprint } = server;
  const { form } = entry;
  const now = running ?? NOT_STARTED;
  return {
    name: entry.name,
    transport: form.url === null ? 'stdio' : 'http',
    command: form.command,
    args: [...form.args],
    cwd: form.cwd,
    url: form.url,
    older_transport: form.sse,
    env_names: Object.keys(form.env),
    env_values: { ...server.shownEnv },
    header_names: Object.keys(form.headers),
    header_values: shownHeaders(form),
    oauth: oauthView(form),
    policy: form.policy,
    idle_stop_minutes: form.idleStopMinutes,
    enabled: !form.disabled,
    trusted,
    fingerprint: commandFingerprint,
    changed_since_confirmed: [...server.changed],
    ...now,
    state: stateOf(server, now),
    lists: listsOf(server, now, heardAt),
    problem: problemOf(server),
  };
}

/** What clients see of it while it does not run. Nothing is listed of a server that is disabled or broken. */
function listsOf({ entry, config }: ConfiguredServer, { instances }: ServerRunState, heardAt?: Ms): Server['lists'] {
  if (heardAt === undefined || config === null || entry.form.disabled) return null;
  return { heard_at: heardAt, from_memory: !instances.some(({ state }) => state === 'running') };
}

/** What is wrong with an entry, one line per problem: file, line, name, sentence. Null when nothing is. */
export function problemOf({ entry, problems }: ConfiguredServer): string | null {
  const lines = problems.map(({ line, sentence }) => `${FILE_NAME}:${line}: ${entry.name}: ${sentence}`);
  return lines.length > 0 ? lines.join('\n') : null;
}

/** The state that everybody is shown of a server, given what the supervisor says of it. */
export function stateOf(
  { entry, config, trusted }: ConfiguredServer,
  now: Pick<ServerRunState, 'state'>,
): Server['state'] {
  // Whoever disabled a broken server knows about it already; its `problem` is shown all the same.
  if (entry.form.disabled) return 'disabled';
  if (config === null) return 'broken';
  return trusted ? now.state : 'untrusted';
}

/**
 * Bytes of memory that sharing saves right now: one instance for many sessions instead of one each. Null when no shared
 * server's memory use is known.
 */
export function savedBytes(servers: readonly Server[]): number | null {
  const saved = servers.flatMap(({ policy, instances, sessions_using }) => {
    const rss =
      policy === 'per-session' ? null : (instances.find(({ rss_bytes }) => rss_bytes !== null)?.rss_bytes ?? null);
    return rss === null ? [] : [Math.max(0, sessions_using - 1) * rss];
  });
  return saved.length === 0 ? null : saved.reduce((sum, bytes) => sum + bytes, 0);
}
