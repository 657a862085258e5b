import { CSPProvider } from '@base-ui/react/csp-provider';
import { type ComponentType, lazy, Suspense, useRef } from 'react';
import type { View } from '../shared/model/views';
import { OverviewView } from './features/overview/overview-view';
import { SessionsView } from './features/sessions/sessions-view';
import { ErrorBoundary } from './shell/error-boundary';
import { Header } from './shell/header';
import { LiveRegion } from './shell/live-region';
import { Navigation } from './shell/navigation';
import { NotConnected } from './shell/not-connected';
import { Shortcuts } from './shell/shortcuts';
import { useFocusInView } from './shell/use-focus-in-view';
import { selectSynced } from './store/selectors';
import { useHoldfast, useRoute } from './store/use-holdfast';
import { Toaster } from './ui/toast';
import { TooltipProvider } from './ui/tooltip';

const VIEW_COMPONENTS: Readonly<Record<View, ComponentType>> = {
  overview: OverviewView,
  sessions: SessionsView,
  servers: lazy(async () => ({ default: (await import('./features/servers/servers-view')).ServersView })),
  history: lazy(async () => ({ default: (await import('./features/history/history-view')).HistoryView })),
  connect: lazy(async () => ({ default: (await import('./features/connect/connect-view')).ConnectView })),
  settings: lazy(async () => ({ default: (await import('./features/settings/settings-view')).SettingsView })),
  diagnostics: lazy(async () => ({
    default: (await import('./features/diagnostics/diagnostics-view')).DiagnosticsView,
  })),
};

/** The window: navigation, header and the view named by the URL. */
export function App() {
  const { view } = useRoute();
  const main = useRef<HTMLElement>(null);
  useFocusInView(main);
  const Current = VIEW_COMPONENTS[view];
  const unreachable = useHoldfast((state) => !selectSynced(state) && state.connection.state === 'offline');
  return (
    // The content security policy forbids <style> elements; our own style sheet does their job.
    <CSPProvider disableStyleElements>
      <TooltipProvider>
        <div className="flex h-full">
          <Navigation />
          <div className="flex min-w-0 flex-1 flex-col">
            <Header />
            <main ref={main} tabIndex={-1} className="min-h-0 flex-1 outline-offset-[-2px]">
              <ErrorBoundary key={view}>
                <Suspense fallback={null}>{unreachable ? <NotConnected /> : <Current />}</Suspense>
              </ErrorBoundary>
            </main>
          </div>
        </div>
        <Toaster />
        <LiveRegion />
        <Shortcuts />
      </TooltipProvider>
    </CSPProvider>
  );
}
