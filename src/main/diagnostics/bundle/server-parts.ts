import type { Server, Servers } from '../../../shared/contract/server';
import { HIDDEN } from '../../../shared/model/secret-values';

/** What one can say of servers.json to somebody else: which fields and names there are, and not one value. */
export function serversShape({ servers, problems }: Servers): object {
  return {
    problems,
    mcpServers: Object.fromEntries(servers.map((server) => [server.name, shapeOf(server)])),
  };
}

function shapeOf(server: Server): object {
  const hidden = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, HIDDEN]));
  const { transport, oauth } = server;
  return {
    ...(transport === 'stdio'
      ? { command: HIDDEN, args: server.args.map(() => HIDDEN), env: hidden(server.env_names) }
      : { url: HIDDEN, sse: server.older_transport, headers: hidden(server.header_names) }),
    ...(server.cwd !== null && { cwd: HIDDEN }),
    ...(oauth !== null && {
      oauth: { grant: oauth.grant, needed: oauth.needed, scopes: oauth.scopes.length, ...hidden(oauth.secret_names) },
    }),
    policy: server.policy,
    idle_stop_minutes: server.idle_stop_minutes,
    enabled: server.enabled,
  };
}

/** How servers are: everything that is said of them, but for their entries and who is logged in. */
export const serverStates = ({ servers, keeper, secrets, rss_saved_bytes }: Servers): object => ({
  servers: servers.map(stateOf),
  keeper,
  secrets,
  rss_saved_bytes,
});

function stateOf(server: Server): object {
  const { command: _c, args: _a, cwd: _d, url: _u, env_names: _n, env_values: _v, ...rest } = server;
  const { header_names: _h, header_values: _w, oauth: _o, fingerprint: _f, login, ...state } = rest;
  return { ...state, login: { ...login, account: login.account === null ? null : HIDDEN } };
}
