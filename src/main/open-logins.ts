import type { Logger } from 'pino';
import type { Secrets } from './platform/ports';
import type { ConfiguredServers } from './upstream/config/configured-servers';
import { CourierLink } from './upstream/login/courier/courier-link';
import { LoginVault } from './upstream/login/login-vault';
import { Logins, type LoginsDeps } from './upstream/login/logins';

export interface OpenLoginsDeps extends Omit<LoginsDeps, 'vault' | 'courier' | 'log'> {
  /** The data folder. */
  readonly folder: string;
  readonly courierProgram?: (() => Promise<string>) | undefined;
  readonly secrets: Secrets;
  readonly configured: ConfiguredServers;
  readonly log: Logger;
}

/** Opens the logins of the configured servers. Those of servers that were removed before this start are forgotten. */
export async function openLogins({
  folder,
  courierProgram,
  secrets,
  configured,
  log,
  ...deps
}: OpenLoginsDeps): Promise<Logins> {
  const vault = await LoginVault.open(secrets, () =>
    log.error('stored logins are not readable; they were set aside, and servers have to be logged in to again'),
  );
  const courier = new CourierLink(folder, deps.timers, courierProgram);
  await courier.forgetOld();
  const logins = new Logins({ ...deps, vault, courier, log });
  const forgetRemoved = () => {
    // While the file cannot be read, nobody knows which servers there are.
    if (configured.problems.length > 0) return Promise.resolve();
    return vault.keepOnly(new Set(configured.all().map(({ entry }) => entry.name)));
  };
  const failed = (error: unknown) => log.warn({ err: error }, 'logins of removed servers could not be forgotten yet');
  await forgetRemoved().catch(failed);
  secrets.onReadable(() => {
    vault
      .reload()
      .then(() => {
        logins.reload();
        return forgetRemoved();
      })
      .catch(failed);
  });
  return logins;
}
