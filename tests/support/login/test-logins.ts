import { DIRECT } from '#src/main/http-client/network';
import { FileSecrets } from '#src/main/platform/file-secrets';
import { systemRandom } from '#src/main/platform/node';
import type { Clock, Timers } from '#src/main/platform/ports';
import { CourierLink } from '#src/main/upstream/login/courier/courier-link';
import { LoginVault } from '#src/main/upstream/login/login-vault';
import { Logins, type LoginsDeps } from '#src/main/upstream/login/logins';

export interface TestLoginsOptions extends Pick<LoginsDeps, 'record'> {
  readonly folder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Port that the browser is sent back to. */
  readonly port?: () => number;
}

/** Logins kept in files of the data folder. */
export async function testLogins({ folder, clock, timers, record, port }: TestLoginsOptions): Promise<Logins> {
  const vault = await LoginVault.open(new FileSecrets(folder), () => {
    throw new Error('the logins are damaged');
  });
  return new Logins({
    vault,
    courier: new CourierLink(folder, timers),
    clock,
    timers,
    record,
    random: systemRandom,
    network: DIRECT,
    log: { warn: () => {} },
    redirectUri: () => `http://127.0.0.1:${port?.() ?? 8181}/oauth/callback`,
  });
}
