import { useCallback } from 'react';
import { useActions } from '../../store/use-holdfast';
import { useRefresh } from '../../store/use-refresh';
import { ScrollRegion } from '../../ui/scroll-region';
import { HealthBanner } from './health-banner';
import { LiveSessionList } from './live-session-list';
import { Notices } from './notices';
import { ReconnectsCard } from './reconnects-card';
import { StatusCounts } from './status-counts';

/** The overall state: one sentence, the counts, the live sessions and the last day's reconnects. */
export function OverviewView() {
  const { loadApp, loadClients, loadHealth } = useActions();
  useRefresh(
    useCallback(async () => {
      await Promise.all([loadApp(), loadClients(), loadHealth()]);
    }, [loadApp, loadClients, loadHealth]),
  );
  return (
    <ScrollRegion label="Overview" className="h-full">
      <div className="mx-auto flex max-w-6xl flex-col gap-4 px-5 py-4">
        <HealthBanner />
        <Notices />
        <StatusCounts />
        <LiveSessionList />
        <ReconnectsCard />
      </div>
    </ScrollRegion>
  );
}
