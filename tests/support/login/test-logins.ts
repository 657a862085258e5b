import { DIRECT } from '#src/main/http-client/network';
import { FileSecrets } from '#src/main/platform/file-secrets';
import { systemRandom } from '#src/main/platform/node';
import type { Clock, Timers } from '#src/main/platform/ports';
import { CourierLink } from '#src/main/upstream/login/courier/courier-link';
import { LoginVault } from '#src/main/upstream/login/login-vault';
import { Logins, type LoginsDeps } from '#src/main/upstream/login/logins';
import { type Bundle, bundleForNode } from '../bundle';
import { COURIER } from '../paths';

export interface TestLoginsOptions extends Pick<LoginsDeps, 'record'> {
  readonly folder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Port that the browser is sent back to. */
  readonly port?: () => number;
}

let courier: Promise<Bundle> | null = null;

/** The courier as plain Node runs it; made once for a test file. */
export async function courierProgram(): Promise<string> {
  courier ??= bundleForNode(COURIER);
  const { file, remove } = await courier;
  process.once('exit', remove);
  return file;
}

/** Logins kept in files of the data folder. */
export async function testLogins({ folder, clock, timers, record, port }: TestLoginsOptions): Promise<Logins> {
  const vault = await LoginVault.open(new FileSecrets(folder), () => {
    throw new Error('the logins are damaged');
  });
  return new Logins({
    vault,
    courier: new CourierLink(folder, timers, courierProgram),
    clock,
    timers,
    record,
    random: systemRandom,
    network: DIRECT,
    log: { warn: () => {} },
    redirectUri: () => `http://127.0.0.1:${port?.() ?? 8181}/oauth/callback`,
  });
}
