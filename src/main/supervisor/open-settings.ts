import { totalmem } from 'node:os';
import type { Logger } from 'pino';
import type { ProcessLimits, SessionPolicy } from '../../shared/model/policy';
import type { SettingValues } from '../../shared/model/setting-definitions';
import { MIB } from '../../shared/model/units';
import type { LogFile } from '../platform/log-file';
import { keptSizesOf, keptTimesOf, policyOf, processLimitsOf } from '../settings/effects';
import { SettingDesk } from '../settings/setting-desk';
import type { Store } from '../store/store';
import type { SupervisorOptions } from './supervisor-options';

export interface OpenedSettings {
  readonly desk: SettingDesk;
  /** What holds at the start. */
  readonly values: SettingValues;
  /** These change with the settings: whoever uses them reads them anew each time. */
  readonly policy: SessionPolicy;
  readonly processLimits: ProcessLimits;
  /** Sentences for the user, of kept values that cannot be used. */
  readonly problems: readonly string[];
}

/** Reads the settings, and puts those in force that need no other part, now and at each change. */
export function openSettings(
  options: Pick<SupervisorOptions, 'settings' | 'policy'>,
  { store, log, logFile }: { readonly store: Store; readonly log: Logger; readonly logFile: LogFile },
): OpenedSettings {
  const problems: string[] = [];
  const desk = new SettingDesk({
    given: options.settings.given,
    kept: store.settings,
    transaction: (work) => store.transaction(work),
    machineBytes: totalmem(),
    onProblem: (sentence) => {
      log.warn(sentence);
      problems.push(sentence);
    },
  });
  const values = desk.values();
  // Whoever uses these objects reads them anew each time, so a change holds at once.
  const policy = { ...(options.policy ?? policyOf(values)) };
  const processLimits = { ...processLimitsOf(values) };
  desk.apply((now) => {
    if (!options.policy) Object.assign(policy, policyOf(now));
    Object.assign(processLimits, processLimitsOf(now));
    store.keep(keptTimesOf(now), keptSizesOf(now));
    logFile.limit(now.log_mib * MIB);
    log.level = now.log_level;
  });
  return { desk, values, policy, processLimits, problems };
}
