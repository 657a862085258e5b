import type { Logger } from 'pino';
import type { Clock, Secrets, Timers } from './platform/ports';
import type { EventBus } from './sessions/event-bus';
import type { Settings } from './settings';
import type { Store } from './store/store';
import { ConfiguredServers } from './upstream/config/configured-servers';
import { ServersFile } from './upstream/config/file/servers-file';
import { ServerValues } from './upstream/config/server-values';
import { TrustedCommands } from './upstream/config/trust';

export interface OpenServersConfigDeps {
  readonly settings: Settings;
  readonly store: Store;
  readonly bus: EventBus;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Logger;
  readonly secrets: Secrets;
  readonly environment: NodeJS.ProcessEnv;
  isOwn(url: URL): boolean;
}

/** Reads the data folder's servers.json and follows its changes until closed. A broken file does not stop Holdfast. */
export async function openConfiguredServers(deps: OpenServersConfigDeps): Promise<ConfiguredServers> {
  const { settings, store, bus, clock, timers, log, secrets, environment, isOwn } = deps;
  const values = await ServerValues.open(secrets, () =>
    log.error('stored server values are not readable; they were set aside and must be entered again'),
  );
  const configured = new ConfiguredServers({
    values,
    clock,
    log,
    environment,
    isOwn,
    file: new ServersFile(settings.folder, { timers, log }),
    trust: new TrustedCommands(store.settings, settings.given.trust_servers === '1'),
    record: (work) => bus.publish(store.transaction(() => store.repository.commit({ events: work() }))),
  });
  secrets.onReadable(() => {
    configured.takeValues().catch((error: unknown) => log.warn({ err: error }, 'stored values could not be read'));
  });
  await configured.forgetRemoved().catch((error: unknown) => {
    log.warn({ err: error }, 'the values of removed servers could not be deleted yet');
  });
  return configured;
}
