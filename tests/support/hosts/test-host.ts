import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test as base } from 'vitest';
import type { Limits } from '#src/main/endpoint/rate-limits';
import type { Keychain } from '#src/main/platform/ports';
import type { SecretsPlace } from '#src/main/platform/server-secrets';
import { type Supervisor, startSupervisor } from '#src/main/supervisor';
import type { Client, ClientPolicy } from '#src/shared/contract/client';
import type { HoldfastEvent } from '#src/shared/contract/event';
import type { Session } from '#src/shared/contract/session';
import { Api } from '../clients/api';
import { FakeClock } from '../fake-clock';
import { disposing, folderTest, makeFolder, removeFolder } from '../fixtures';
import { courierProgram } from '../login/test-logins';
import { endServers } from '../servers/configs';

export interface TestHostOptions {
  /** Data folder of a host that was stopped, to go on with; a new one when left out. */
  readonly folder?: string;
  /** Time moves only by hand. Limits on rates go by real time nevertheless. */
  readonly clock?: FakeClock;
  readonly limits?: Partial<Limits>;
  /** Folder of the built window. */
  readonly uiFolder?: string;
  /** Any free one when left out; null leaves it to what is saved. */
  readonly port?: number | null;
  /** Commands of servers.json run unconfirmed. */
  readonly trustServers?: boolean;
  /** A keychain; none when left out, as in a host without a window. */
  readonly keychain?: Keychain;
  readonly secretsPlace?: SecretsPlace;
  /** Environment that entries of servers.json refer to; an empty one when left out. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Home folder with the files of other programs; the data folder when left out. */
  readonly home?: string;
}

export interface KeyHolder {
  readonly key: string;
  readonly client: Client;
}

/** A whole Holdfast without a window: real files, real sockets. */
export interface TestHost {
  readonly services: Supervisor['services'];
  readonly url: string;
  readonly port: number;
  readonly folder: string;
  readonly adminKey: string;
  createSignInLink(): string;
  newClient(name?: string, policy?: ClientPolicy): KeyHolder;
  /** Makes a session as the protocol front does for a client's first real request. */
  newSession(holder: KeyHolder): { session: Session; transportId: string };
  eventsOf(sessionId: string): HoldfastEvent[];
  /** The log so far, as text. */
  log(): string;
  /** Stops in order. The data folder stays. */
  stop(): Promise<void>;
  /** Stops, ends the servers that were left to the keeper, then removes the data folder. */
  remove(): Promise<void>;
}

/** Only the test about limits should meet them. */
const NO_LIMITS: Limits = {
  reconnectsPerSession: 100_000,
  reconnectsPerPrincipal: 100_000,
  requests: 100_000,
  badKeys: 100_000,
};
const SECRET = new Uint8Array(32).fill(7);

export async function startTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  const { clock, port = 0 } = options;
  const folder = options.folder ?? makeFolder();
  const supervisor = await startSupervisor({
    settings: {
      folder,
      secret: SECRET,
      given: {
        ...(port === null ? {} : { port }),
        log_level: 'debug',
        trust_servers: options.trustServers ? '1' : '0',
        secrets: options.secretsPlace ?? 'keychain',
        processes: 10_000,
        processes_per_client: 10_000,
        processes_per_server: 10_000,
        server_memory_mib: 1_000_000,
      },
    },
    version: '0.0.0-test',
    courierProgram,
    uiFolder: options.uiFolder ?? join(folder, 'no-window'),
    limits: { ...NO_LIMITS, ...options.limits },
    environment: options.environment ?? {},
    home: options.home ?? folder,
    ...(options.keychain ? { keychain: options.keychain } : {}),
    ...(clock ? { clock, timers: clock } : {}),
  }).catch((error: unknown) => {
    if (options.folder === undefined) removeFolder(folder);
    throw error;
  });
  const { services, url, adminKey } = supervisor;
  const { manager, clients, store } = services;
  return {
    services,
    url,
    adminKey,
    folder,
    port: Number(new URL(url).port),
    createSignInLink: () => supervisor.createSignInLink(),
    newClient(name = 'test', policy = 'sessionful') {
      const { client_id, client_key } = clients.create({ name, type: 'other', policy });
      return { key: client_key, client: clients.get(client_id) };
    },
    newSession({ client }) {
      const { transport_id } = manager.openTransport({
        client,
        server: null,
        era: 'sessionful',
        protocol_version: '2025-11-25',
        client_name: 'test-client',
        client_version: '1.2.3',
        initialize_params: {},
      });
      return { session: manager.enter(transport_id, true, client).session, transportId: transport_id };
    },
    eventsOf: (session_id) => store.events.timeline({ session_id, limit: 500 }).events.reverse(),
    log: () => readFileSync(join(folder, 'holdfast.log'), 'utf8'),
    stop: () => supervisor.stop(),
    async remove() {
      await supervisor.stop();
      await endServers(folder);
      removeFolder(folder);
    },
  };
}

/** Tests with a whole Holdfast. `hostOptions` are those of `host`; what `startHost` started is removed at the end. */
export const hostTest = folderTest
  .extend('startHost', ({}, { onCleanup }) => disposing(onCleanup, startTestHost, (host) => host.remove()))
  .extend('clock', () => new FakeClock())
  .extend('hostOptions', {} as TestHostOptions)
  .extend('host', ({ startHost, hostOptions }) => startHost(hostOptions))
  .extend('holder', ({ host }) => host.newClient())
  .extend('api', ({ host, holder }) => new Api(host, holder.key))
  .extend('admin', ({ host }) => new Api(host, host.adminKey))
  .extend('nobody', ({ host }) => new Api(host, null));

/** The same, with one host that all tests of the file share. */
export const sharedHostTest = base
  .extend('host', { scope: 'file' }, async ({}, { onCleanup }) => {
    const host = await startTestHost();
    onCleanup(() => host.remove());
    return host;
  })
  .extend('holder', { scope: 'file' }, ({ host }) => host.newClient())
  .extend('admin', { scope: 'file' }, ({ host }) => new Api(host, host.adminKey))
  .extend('nobody', { scope: 'file' }, ({ host }) => new Api(host, null));
