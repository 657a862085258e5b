import { DEFAULT_POLICY, type ProcessLimits, type SessionPolicy } from '../../shared/model/policy';
import type { SettingValues } from '../../shared/model/setting-definitions';
import { DAY, HOUR, MIB, MINUTE, type Ms, SECOND } from '../../shared/model/units';

/** The session policy that settings make. A session always lives at least as long as its token. */
export function policyOf(values: SettingValues): SessionPolicy {
  const tokenLife = values.token_life_minutes * MINUTE;
  return {
    ...DEFAULT_POLICY,
    retention: Math.max(values.retention_hours * HOUR, tokenLife),
    reattachWindow: values.reattach_seconds * SECOND,
    tokenLife,
    streamGrace: values.stream_grace_seconds * SECOND,
    quietAfter: values.quiet_minutes * MINUTE,
  };
}

/** What processes of servers may hold. */
export const processLimitsOf = (values: SettingValues): ProcessLimits => ({
  perClient: values.processes_per_client,
  perServer: values.processes_per_server,
  inAll: values.processes,
  bytes: values.server_memory_mib * MIB,
});

/** How long the database keeps what has happened. */
export const keptTimesOf = (
  values: SettingValues,
): { readonly events: Ms; readonly activity: Ms; readonly history: Ms } => ({
  events: values.kept_days * DAY,
  activity: values.activity_days * DAY,
  history: values.history_days * DAY,
});

/** How many bytes are kept of what has happened. */
export const keptSizesOf = (values: SettingValues) => ({
  events: values.events_mib * MIB,
  activity: values.activity_mib * MIB,
  history: values.history_mib * MIB,
  contents: values.contents_mib * MIB,
  messages: values.messages_mib * MIB,
  log: values.log_mib * MIB,
  backups: values.backups_mib * MIB,
});
