import { said } from '../../shared/messages/said';
import type { SettingValues } from '../../shared/model/setting-definitions';
import { KnownSecrets } from '../activity/contents/known-secrets';
import { isOwnAddress } from '../endpoint/own-address';
import { openConfiguredServers } from '../open-servers-config';
import type { Secrets } from '../platform/ports';
import { ServerSecrets } from '../platform/server-secrets';
import { HEADERS_SECRET } from '../telemetry/telemetry';
import type { ConfiguredServers } from '../upstream/config/configured-servers';
import { valuesOfServers } from '../upstream/config/known-secrets';
import type { Foundation } from './foundation';

/** What is kept for servers, in words that begin a sentence. */
const SERVER_SECRETS = {
  'server-values.json': said('said.secrets.what.values'),
  'server-values.json.damaged': said('said.secrets.what.values_aside'),
  'logins.json': said('said.secrets.what.logins'),
  'logins.json.damaged': said('said.secrets.what.logins_aside'),
  [HEADERS_SECRET]: said('said.secrets.what.headers'),
};

export interface OpenedConfiguration {
  /** What is kept for servers. */
  readonly secrets: ServerSecrets;
  /** The same for those who read and write it, so that what passes is known from then on. */
  readonly watched: Secrets;
  readonly known: KnownSecrets;
  readonly configured: ConfiguredServers;
  /** Whether an address is Holdfast's own. */
  isOwn(address: URL): boolean;
}

/** Opens the secrets of servers and servers.json. */
export async function openConfiguration(
  { options, store, bus, clock, timers, log, environment, url, undo }: Foundation,
  values: Pick<SettingValues, 'port' | 'secrets'>,
): Promise<OpenedConfiguration> {
  const { settings } = options;
  const isOwn = (address: URL) => isOwnAddress(address, url() === '' ? values.port : Number(new URL(url()).port));
  const secrets = await ServerSecrets.open({
    folder: settings.folder,
    keychain: options.keychain ?? null,
    place: values.secrets === 'file' ? 'file' : 'keychain',
    names: SERVER_SECRETS,
    timers,
    now: () => clock.now(),
    onNotice: (sentence) => {
      log.warn(sentence);
      store.notices.push(sentence);
    },
  });
  undo.push(() => secrets.close());
  const known = new KnownSecrets(
    () => configured.all(),
    () => valuesOfServers(configured.all(), (name) => configured.kept(name).values),
  );
  const watched = known.watching(secrets);
  if (secrets.problem) log.warn(secrets.problem);
  const configured = await openConfiguredServers({
    settings,
    store,
    bus,
    clock,
    timers,
    log,
    environment,
    isOwn,
    secrets: watched,
  });
  undo.push(() => configured.close());
  known.look();
  configured.onChange(() => known.look());
  return { secrets, watched, known, configured, isOwn };
}
