import type { SessionPolicy } from '../../shared/model/policy';
import { ClientProcesses } from '../clients/client-processes';
import { createReconnectLimiter, type Limits } from '../endpoint/rate-limits';
import { FileSecrets } from '../platform/file-secrets';
import { systemProcesses } from '../platform/process-lookup/system';
import { ClientRegistry } from '../sessions/clients';
import { SessionManager } from '../sessions/manager';
import { ReconnectTokens } from '../sessions/reconnect/reconnect-tokens';
import type { Sleeps } from '../sessions/sleeps';
import type { Foundation } from './foundation';
import { knownSleeps } from './last-run';
import { signingSecret } from './signing-secret';

export interface OpenedSessions {
  readonly manager: SessionManager;
  readonly clients: ClientRegistry;
  readonly clientProcesses: ClientProcesses;
  readonly sleeps: Sleeps;
}

/** Opens the sessions and their clients. What the last run left is not recovered yet. */
export async function openSessions(
  { options, store, bus, clock, timers, random, log, startedAt, home, undo }: Foundation,
  policy: SessionPolicy,
  limits: Limits,
): Promise<OpenedSessions> {
  const { settings } = options;
  const secret = settings.secret ?? (await signingSecret(new FileSecrets(settings.folder), random));
  const tokens = await ReconnectTokens.create(secret, { clock, random, policy });
  const { repository } = store;
  const sleeps = knownSleeps(store, startedAt);
  const manager = new SessionManager({
    repository,
    bus,
    clock,
    timers,
    random,
    tokens,
    policy,
    sleeps,
    limiter: createReconnectLimiter(limits),
    onProblem: (error) => log.warn({ err: error }, 'measurements could not be written yet'),
  });
  const clients = new ClientRegistry({
    repository,
    bus,
    clock,
    timers,
    random,
    clients: store.clients,
    transaction: (work) => store.transaction(work),
  });
  undo.push(() => clients.close());
  const clientProcesses = new ClientProcesses({ lookup: systemProcesses(), manager, timers, home });
  return { manager, clients, clientProcesses, sleeps };
}
