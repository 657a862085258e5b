import {
  Activity,
  ChartColumn,
  LayoutDashboard,
  List,
  type LucideIcon,
  Plug,
  Server,
  Settings,
  Stethoscope,
} from 'lucide-react';
import type { MouseEvent } from 'react';
import { t } from '../../shared/messages/language';
import { VIEWS, type View, viewWord } from '../../shared/model/views';
import { attentionCount } from '../features/servers/server-list';
import { useServers } from '../features/servers/use-servers';
import { formatNumber } from '../format/number';
import { routeHash } from '../store/route';
import { selectCounts, selectSynced } from '../store/selectors';
import { useActions, useHoldfast, useRoute } from '../store/use-holdfast';
import { cx } from '../ui/cx';
import { Mark } from './mark';

const ICONS: Readonly<Record<View, LucideIcon>> = {
  overview: LayoutDashboard,
  sessions: List,
  servers: Server,
  history: ChartColumn,
  activity: Activity,
  connect: Plug,
  settings: Settings,
  diagnostics: Stethoscope,
};

/** The views, as real links that can be copied and opened elsewhere. A narrow window shows only their icons. */
export function Navigation() {
  return (
    <nav
      aria-label={t('navigation.label')}
      className="flex w-14 flex-col gap-0.5 border-line border-e bg-canvas p-2 min-[1000px]:w-48"
    >
      <div className="mb-2 flex h-10 items-center gap-2.5 px-2">
        <Mark />
        <span className="hidden font-semibold text-ink text-lg tracking-tight min-[1000px]:inline">Holdfast</span>
      </div>
      {VIEWS.map((view) => (
        <NavigationLink key={view} view={view} />
      ))}
    </nav>
  );
}

function NavigationLink({ view }: { view: View }) {
  const route = useRoute();
  const current = route.view === view;
  const { navigate } = useActions();
  const Icon = ICONS[view];
  const go = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!current || route.id !== null) navigate(view);
  };
  return (
    <a
      href={routeHash({ view, id: null, params: {} })}
      aria-current={current ? 'page' : undefined}
      title={viewWord(view)}
      onClick={go}
      className={cx(
        'relative flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium transition-colors',
        current ? 'bg-selected text-ink' : 'text-ink-2 hover:bg-sunken hover:text-ink',
      )}
    >
      <Icon size={18} aria-hidden className={cx('shrink-0', current && 'text-accent')} />
      <span className="sr-only min-[1000px]:not-sr-only">{viewWord(view)}</span>
      {view === 'sessions' && <LiveCount />}
      {view === 'servers' && <ServersAttention isOpen={current} />}
    </a>
  );
}

function LiveCount() {
  const live = useHoldfast((state) => {
    if (!selectSynced(state)) return null;
    const counts = selectCounts(state);
    return counts.active + counts.idle;
  });
  if (live === null) return null;
  return (
    <span className="ms-auto hidden text-ink-3 text-sm min-[1000px]:inline">
      {formatNumber(live)}
      <span className="sr-only"> {t('navigation.attached')}</span>
    </span>
  );
}

/** How many servers need a look. Keeps the list of servers up to date while their view is not open. */
function ServersAttention({ isOpen }: { isOpen: boolean }) {
  const count = useHoldfast((state) => attentionCount(state.servers));
  return (
    <>
      {!isOpen && <ServersAside />}
      {count > 0 && (
        <span
          data-attention={count}
          className="absolute top-0.5 end-0.5 flex h-5 min-w-5 items-center justify-center gap-0.5 rounded-full bg-disconnected-soft px-1 font-semibold text-disconnected text-xs forced-border min-[1000px]:static min-[1000px]:ms-auto"
        >
          <span aria-hidden>!</span>
          <span aria-hidden className="hidden min-[1000px]:inline">
            {formatNumber(count)}
          </span>
          <span className="sr-only">, {t('navigation.attention', { count })}</span>
        </span>
      )}
    </>
  );
}

function ServersAside() {
  useServers('aside');
  return null;
}
