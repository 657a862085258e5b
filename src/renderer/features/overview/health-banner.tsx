import { CircleCheck, CircleDashed, type LucideIcon, OctagonAlert, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { t } from '../../../shared/messages/language';
import { DEFAULT_POLICY } from '../../../shared/model/policy';
import { HOUR } from '../../../shared/model/units';
import { visible } from '../../../shared/visible-text';
import { selectSessionList, selectSynced } from '../../store/selectors';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { cx } from '../../ui/cx';
import { deriveHealth, type HealthAction, type HealthTone } from './health';

const ICONS: Readonly<Record<HealthTone, LucideIcon>> = {
  good: CircleCheck,
  quiet: CircleDashed,
  warn: TriangleAlert,
  bad: OctagonAlert,
};
const COLOURS: Readonly<Record<HealthTone, string>> = {
  good: 'text-active',
  quiet: 'text-idle',
  warn: 'text-disconnected',
  bad: 'text-danger',
};

/** The sentence at the top of the overview. Its height stays the same whatever it says. */
export function HealthBanner() {
  const synced = useHoldfast(selectSynced);
  const connection = useHoldfast((state) => state.connection);
  const sessions = useHoldfast(selectSessionList);
  const events = useHoldfast((state) => state.events);
  const clients = useHoldfast((state) => state.clients);
  const counts = useHoldfast((state) => state.health);
  const servers = useHoldfast((state) => state.servers?.servers ?? null);
  const failing = useHoldfast((state) => state.failing);
  const retention = useHoldfast(({ app }) => (app ? app.retention_hours * HOUR : DEFAULT_POLICY.retention));
  const now = useHoldfast((state) => state.now);
  const health = useMemo(
    () => deriveHealth({ synced, connection, sessions, events, clients, counts, failing, retention, servers, now }),
    [synced, connection, sessions, events, clients, counts, failing, retention, servers, now],
  );
  const Icon = ICONS[health.tone];
  return (
    <section aria-label={t('health.label')} data-health={health.tone} className="flex min-h-14 items-center gap-3.5">
      <Icon size={28} strokeWidth={1.75} aria-hidden className={cx('shrink-0', COLOURS[health.tone])} />
      <div className="min-w-0 flex-1">
        <p className="font-semibold text-ink text-xl tracking-tight">{visible(health.sentence)}</p>
        <p className="min-h-[1.375rem] text-ink-2">{visible(health.detail)}</p>
      </div>
      {health.action && <ActionButton action={health.action} primary={health.tone !== 'good'} />}
    </section>
  );
}

function ActionButton({ action, primary }: { action: HealthAction; primary: boolean }) {
  const { navigate, reconnectNow } = useActions();
  const run = () => {
    if ('reconnect' in action) reconnectNow();
    else navigate(action.view, { id: action.id, params: action.params });
  };
  return (
    <Button variant={primary ? 'primary' : 'secondary'} onClick={run}>
      {action.label}
    </Button>
  );
}
