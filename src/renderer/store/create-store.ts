import { createStore, type StoreApi } from 'zustand/vanilla';
import { SECOND } from '../../shared/model/units';
import type { Bridge } from '../bridge/bridge';
import { createActions } from './actions';
import { onNextFrame } from './frame';
import { parseRoute, routeHash } from './route';
import { EMPTY_VIEW, type LiveView } from './sessions';
import { keepSingleKeys, readSingleKeys } from './single-keys';
import type { HoldfastState } from './state';
import { StreamReader } from './stream-reader';
import { keepThemeChoice, readThemeChoice, resolveTheme, type ThemeChoice } from './theme';

export type HoldfastStore = StoreApi<HoldfastState>;

const liveView = ({ sessions, events, generation, epoch, seq }: LiveView): LiveView => ({
  sessions,
  events,
  generation,
  epoch,
  seq,
});

/**
 * The window's store over one bridge. It is inert until {@link startStore}.
 *
 * @param page - the window it lives in: its URL, its storage and the user's colour scheme
 */
export function createHoldfastStore(bridge: Bridge, page: Window = window): HoldfastStore {
  const systemDark = page.matchMedia('(prefers-color-scheme: dark)');
  const themeChoice = readThemeChoice(page.localStorage);

  return createStore<HoldfastState>()((set, get) => ({
    ...EMPTY_VIEW,
    app: null,
    clients: null,
    unknownKeyAt: null,
    isFirstRun: null,
    found: null,
    servers: null,
    visibility: null,
    settings: null,
    kept: null,
    recording: null,
    health: null,
    failing: null,
    sessionNames: {},
    history: {},
    connection: { state: 'reconnecting', heard_at: null, next_try_at: null, problem: null },
    route: parseRoute(page.location.hash),
    themeChoice,
    theme: resolveTheme(themeChoice, systemDark.matches),
    overlay: null,
    singleKeys: readSingleKeys(page.localStorage),
    intent: null,
    now: Date.now(),
    actions: createActions({
      bridge,
      get,
      set,
      showRoute(route, push) {
        const hash = routeHash(route);
        if (hash === page.location.hash) return;
        if (push) page.history.pushState(null, '', hash);
        else page.history.replaceState(null, '', hash);
      },
      applyTheme(choice: ThemeChoice) {
        keepThemeChoice(page.localStorage, choice);
        set({ themeChoice: choice, theme: resolveTheme(choice, systemDark.matches) });
      },
      applySingleKeys(on: boolean) {
        keepSingleKeys(page.localStorage, on);
        set({ singleKeys: on });
      },
    }),
  }));
}

/**
 * Brings the store to life: opens the stream, ticks the clock and follows the URL and the system's colour scheme.
 *
 * @returns a function that ends all of it
 */
export function startStore(store: HoldfastStore, bridge: Bridge, page: Window = window): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const systemDark = page.matchMedia('(prefers-color-scheme: dark)');
  const followRoute = () => store.setState({ route: parseRoute(page.location.hash), intent: null });
  const followSystem = () =>
    store.setState((state) => ({ theme: resolveTheme(state.themeChoice, systemDark.matches) }));
  const tick = () => {
    if (page.document.visibilityState === 'visible') store.setState({ now: Date.now() });
  };
  page.addEventListener('popstate', followRoute, { signal });
  page.addEventListener('hashchange', followRoute, { signal });
  systemDark.addEventListener('change', followSystem, { signal });
  page.document.addEventListener('visibilitychange', tick, { signal });
  const clock = setInterval(tick, SECOND);

  const applyTheme = (state: HoldfastState) => {
    if (page.document.documentElement.dataset.theme !== state.theme) {
      page.document.documentElement.dataset.theme = state.theme;
    }
  };
  applyTheme(store.getState());
  const unsubscribe = store.subscribe(applyTheme);

  const reader = new StreamReader({
    view: () => liveView(store.getState()),
    show: (view) => store.setState(view),
    ack: (toSeq) => bridge.ack(toSeq),
    resync: () => bridge.resync(),
    onNextFrame,
  });
  const close = bridge.open({
    message: (message) => reader.push(message),
    connection: (connection) => store.setState({ connection, now: Date.now() }),
  });

  return () => {
    stop.abort();
    clearInterval(clock);
    unsubscribe();
    close();
  };
}
