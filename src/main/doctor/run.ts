import type { CheckOutcome } from '../../shared/contract/diagnostics';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { reasonOf } from '../platform/ask';
import { within } from '../platform/deadline';
import { systemTimers } from '../platform/node';
import { type Check, RESTART } from './check';
import { type CheckContext, NotRun } from './check-context';
import { endpointChecks } from './checks/endpoint-checks';
import { healthUpdateChecks, monitorChecks } from './checks/monitor-checks';
import { reconnectChecks } from './checks/reconnect-checks';
import { serverChecks } from './checks/server-checks';
import { sessionChecks } from './checks/session-checks';
import { Failure } from './failure';
import { tidyUp } from './tidy-up';

/** Time limit of a check, longer than any check's own limits allow. */
const CHECK_MS = 60_000;
const tooSlow = () => new Failure(said('said.check.slow', { seconds: CHECK_MS / 1000 }));

const CHECKS: readonly Check[] = [
  ...endpointChecks,
  ...sessionChecks,
  ...monitorChecks,
  ...reconnectChecks,
  ...healthUpdateChecks,
  ...serverChecks,
  { name: 'tidied up', run: tidyUp },
];

/** How many checks there are. */
export const CHECK_COUNT = CHECKS.length;

/**
 * Runs every check in order. The last one removes what the others created.
 * @param tell - called with each outcome as it comes, with secrets removed
 * @returns whether every check passed or was skipped on purpose
 */
export async function runChecks(context: CheckContext, tell: (outcome: CheckOutcome) => void): Promise<boolean> {
  let healthy = true;
  for (const check of CHECKS) {
    const begin = performance.now();
    const { result, detail } = await outcomeOf(check, context);
    if (result === 'failed' || result === 'not_run') healthy = false;
    const ms = Math.round(performance.now() - begin);
    const remedy = result === 'failed' ? (check.remedy ?? RESTART) : null;
    tell({ name: check.name, result, detail: context.withoutSecrets(detail), remedy, ms });
  }
  return healthy;
}

async function outcomeOf(
  { run, skip }: Check,
  context: CheckContext,
): Promise<Pick<CheckOutcome, 'result' | 'detail'>> {
  if (!run) return { result: 'skipped', detail: skip ?? '' };
  try {
    return { result: 'ok', detail: await within(systemTimers, CHECK_MS, run(context), tooSlow) };
  } catch (error) {
    if (error instanceof NotRun) return { result: 'not_run', detail: error.message };
    const isExpected = error instanceof Failure || error instanceof HoldfastError;
    return {
      result: 'failed',
      detail: isExpected ? error.message : said('said.check.unexpected', { reason: reasonOf(error) }),
    };
  }
}
