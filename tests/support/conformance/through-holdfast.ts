import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { LoginSettings } from '#src/main/upstream/login/login-settings';
import type { ClientPolicy } from '#src/shared/contract/client';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { McpHost } from '../hosts/mcp-host';
import { counter, type ListedConfigs } from '../servers/configs';
import type { Told } from './conformance-suite';

/** More logins than any scenario needs, so that one that never ends is seen as such. */
const MAX_LOGINS = 6;

export interface ThroughHoldfast {
  /** With `configs` as its servers. */
  readonly host: McpHost;
  readonly configs: ListedConfigs;
  /** Of the client that uses Holdfast. */
  readonly policy: ClientPolicy;
  /** What the entry of the server says about its login. */
  readonly settings?: LoginSettings;
  /** Begins and finishes a login of the server with this name. Called whenever Holdfast says that one is needed. */
  readonly login?: (serverName: string) => Promise<unknown>;
}

let servers = 0;

/**
 * Has Holdfast use the server of a scenario, by a real client that uses it through Holdfast.
 *
 * @throws {Error} what the client or a login throws, whichever comes first
 */
export async function throughHoldfast(
  { host, configs, policy, settings, login }: ThroughHoldfast,
  told: Told,
  use: (client: Client, told: Told) => Promise<unknown>,
): Promise<void> {
  servers += 1;
  const name = `suite${servers}`;
  const target = { kind: 'http', url: told.server, headers: {}, login: settings } as const;
  configs.set({ ...counter(name), target, fingerprint: told.server });
  const { key } = host.newClient(policy);
  const versionNegotiation = { mode: policy === 'stateless' ? ({ pin: '2026-07-28' } as const) : ('legacy' as const) };
  const client = new Client({ name: 'client', version: '1' }, { versionNegotiation });
  const requestInit = { headers: { Authorization: `Bearer ${key}` } };
  const watch = login ? watchLogins(host, name, login) : { failed: new Promise<never>(() => {}), stop: () => {} };
  const work = async () => {
    await client.connect(new StreamableHTTPClientTransport(new URL(`${host.url}/${name}`), { requestInit }));
    await use(client, told);
  };
  try {
    await Promise.race([work(), watch.failed]);
  } finally {
    watch.stop();
    await client.close();
    // The suite waits until nobody is connected.
    configs.set();
  }
}

function watchLogins(host: McpHost, name: string, login: (serverName: string) => Promise<unknown>) {
  let logins = 0;
  let stop = () => {};
  const failed = new Promise<never>((_, reject) => {
    const listen = (events: readonly HoldfastEvent[]) => {
      for (const event of events) {
        if (event.kind !== 'login_needed' || event.payload.server !== name) continue;
        logins += 1;
        if (logins > MAX_LOGINS) reject(new Error(`more than ${MAX_LOGINS} logins were needed`));
        else login(name).catch(reject);
      }
    };
    stop = host.services.bus.subscribe(listen);
  });
  // It may fail when nobody waits for it any more.
  failed.catch(() => {});
  return { failed, stop };
}
