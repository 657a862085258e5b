import type { Server } from 'node:http';
import type { Ms } from '../../shared/model/units';
import type { Services } from '../services';
import type { ServerAdmin } from '../upstream/config/server-admin';
import type { Handlers } from '../window-api/router';
import { Authenticator } from './auth';
import { Connections } from './connections';
import { listen } from './listeners';
import type { McpFront } from './mcp/front';
import { MonitorCredentials } from './monitor/credentials';
import { MonitorHub } from './monitor/hub';
import { MonitorTokens } from './monitor/tokens';
import { MonitorUpgrade } from './monitor/upgrade';
import { DEFAULT_LIMITS, type Limits, RateLimit } from './rate-limits';
import type { PassedConnection } from './real-peer';
import { RequestRouter } from './router';
import type { BrowserSignIns } from './web-ui/sign-in';

/** How often idle connections are closed while the endpoint drains. */
const DRAIN_PERIOD: Ms = 25;

export interface EndpointOptions {
  readonly services: Services;
  readonly handlers: Handlers;
  readonly serverAdmin: ServerAdmin;
  readonly front: Pick<McpFront, 'handle' | 'close'>;
  readonly signIn: BrowserSignIns;
  readonly adminKey: string;
  /** The folder of the built window. */
  readonly uiFolder: string;
  readonly version: string;
  /** Ends Holdfast. Called once the answer to whoever asked for it is out. */
  readonly quit: () => void;
  /** 0 takes any free port, for tests. */
  readonly port: number;
  readonly limits?: Limits;
}

export interface Endpoint {
  /** The address as clients write it, without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Tells whose connections the keeper passes on, before their first byte. */
  learnPassed(passed: readonly PassedConnection[]): void;
  /**
   * Stops accepting connections, closes monitors with code 1001, ends streams and lets requests in flight finish.
   * @param deadline - how long to wait before cutting whatever is still open
   */
  close(deadline: Ms): Promise<void>;
}

/**
 * Starts the local server: REST, monitor, MCP and the browser window, all on one port of the loopback addresses.
 * @throws HoldfastError `already_running`, `port_in_use`
 */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const { services, adminKey, front } = options;
  const { clients, clock, log } = services;
  const limits = options.limits ?? DEFAULT_LIMITS;
  const requests = new RateLimit(limits.requests);
  const authenticator = new Authenticator({
    clients,
    adminKey,
    signIns: options.signIn,
    badKeys: new RateLimit(limits.badKeys),
    onUnknownKey: () => services.unknownKeys.note(),
  });
  const monitorTokens = await MonitorTokens.create(adminKey, clock);
  const hub = new MonitorHub(services);
  const credentials = new MonitorCredentials({ authenticator, clients, tokens: monitorTokens });
  const connections = new Connections();
  const unlisten = clients.onKeyEnded((keyHash) => connections.endKey(keyHash));
  const door = new MonitorUpgrade({
    services,
    hub,
    credentials,
    requests,
    known: (socket, keyHash) => connections.known(socket, keyHash),
  });
  const router = new RequestRouter({
    services,
    authenticator,
    door,
    front,
    connections,
    serverAdmin: options.serverAdmin,
    uiFolder: options.uiFolder,
    loadRest: async () => {
      const { createRest } = await import('./rest/app');
      return createRest({
        services,
        authenticator,
        connections,
        requests,
        monitorTokens,
        version: options.version,
        handlers: options.handlers,
        serverAdmin: options.serverAdmin,
        signIns: options.signIn,
        quit: options.quit,
        onSignOut: (name) => hub.endRightOf(name),
      });
    },
  });
  const { port, servers, learnPassed } = await listen(
    options.port,
    {
      listening: (taken) => router.open(taken),
      request: (req, res) => void router.request(req, res),
      upgrade: (req, socket, head) => void router.upgrade(req, socket, head),
    },
    connections,
    log,
  ).catch((error: unknown) => {
    hub.close();
    unlisten();
    throw error;
  });
  let closing: Promise<void> | null = null;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    learnPassed,
    close(deadline) {
      closing ??= drain(deadline, { router, door, front, servers, connections }).finally(unlisten);
      return closing;
    },
  };
}

interface Open {
  readonly router: RequestRouter;
  readonly door: MonitorUpgrade;
  readonly front: Pick<McpFront, 'close'>;
  readonly servers: readonly Server[];
  readonly connections: Connections;
}

async function drain(deadline: Ms, { router, door, front, servers, connections }: Open): Promise<void> {
  const cut = () => {
    door.terminate();
    for (const server of servers) server.closeAllConnections();
  };
  // Real timers on purpose: the deadline must pass even if a test has stopped the clock.
  const timer = setTimeout(cut, deadline);
  const closed = Promise.all(servers.map((server) => new Promise<unknown>((resolve) => server.close(resolve))));
  router.close();
  door.close();
  const frontClosed = front.close().catch(() => {});
  const idle = setInterval(() => {
    for (const server of servers) {
      server.closeIdleConnections();
      connections.closeSilent(server);
    }
  }, DRAIN_PERIOD);
  try {
    await closed;
  } finally {
    clearTimeout(timer);
    clearInterval(idle);
  }
  await frontClosed;
}
