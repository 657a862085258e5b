import { useCallback } from 'react';
import { t } from '../../../shared/messages/language';
import { MINUTE, SECOND } from '../../../shared/model/units';
import { useActions } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { ScrollRegion } from '../../ui/scroll-region';
import { FirstSteps } from '../first-run/first-steps';
import { ServersFileProblems } from '../servers/file-notice';
import { HealthBanner } from './health-banner';
import { LiveSessionList } from './live-session-list';
import { Notices } from './notices';
import { ReconnectsCard } from './reconnects-card';
import { ServersLine } from './servers-line';
import { StatusCounts } from './status-counts';

const NOTICES: Pace = { afterEvents: 5 * SECOND, anyway: 5 * SECOND, isNews: () => false };

/** The headline counts reconnects: a client that has just returned must not stand beside “no client had to reconnect”. */
const HEALTH: Pace = {
  afterEvents: 2 * SECOND,
  anyway: MINUTE,
  isNews: ({ kind }) => kind === 'session_reconnected',
};

/** Counted at most every 15 s. */
const FAILING: Pace = { afterEvents: 5 * SECOND, anyway: 15 * SECOND, isNews: () => true };

/** The overall state: one sentence, the counts, the live sessions and the last day's reconnects. */
export function OverviewView() {
  const { loadApp, loadClients, loadHealth, loadFailing } = useActions();
  useRefresh(loadFailing, FAILING);
  useRefresh(loadHealth, HEALTH);
  useRefresh(
    useCallback(async () => {
      await Promise.all([loadApp(), loadClients()]);
    }, [loadApp, loadClients]),
  );
  // A notice may be urgent, such as that nothing can be saved any more.
  useRefresh(loadApp, NOTICES);
  return (
    <ScrollRegion label={t('overview.label')} className="h-full">
      <div className="mx-auto flex max-w-6xl flex-col gap-4 px-5 py-4">
        <HealthBanner />
        <Notices />
        <ServersFileProblems />
        <FirstSteps />
        <StatusCounts />
        <ServersLine />
        <LiveSessionList />
        <ReconnectsCard />
      </div>
    </ScrollRegion>
  );
}
