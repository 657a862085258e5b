import type { Ms } from '../../shared/model/units';

/** What the browser bridge needs from the outside: the real thing in a page, a clock turned by hand in tests. */
export interface WebEnvironment {
  /** Origin of the endpoint, e.g. `http://127.0.0.1:8181`. */
  readonly origin: string;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  now(): Ms;
  /** A number from 0 up to, not including, 1. */
  random(): number;
  /** Runs `run` once, after `delay`. Returns a function that cancels it. */
  after(delay: Ms, run: () => void): () => void;
  fetch(url: string, init: RequestInit): Promise<Response>;
  openSocket(url: string, protocols: string[]): WebSocket;
  /** Takes the one-time ticket out of the page's URL, so that no history entry or screenshot keeps it. */
  takeTicket(): string | null;
  /** Calls `offer` when a sign-in link is opened in a page that is already open. Returns a function that unsubscribes. */
  onTicket(offer: (ticket: string) => void): () => void;
  /** Calls `run` when the network or the user is back, a good moment to retry. Returns a function that unsubscribes. */
  onWake(run: () => void): () => void;
  /** Calls `run` when another tab of this origin has signed in or out. Returns a function that unsubscribes. */
  onStorage(run: () => void): () => void;
}

/** The environment of a page. */
export function browserEnvironment(page: Window = window): WebEnvironment {
  return {
    origin: page.location.origin,
    storage: openStorage(page),
    now: () => Date.now(),
    random: () => Math.random(),
    after(delay, run) {
      const timer = setTimeout(run, delay);
      return () => clearTimeout(timer);
    },
    fetch: (url, init) => fetch(url, init),
    openSocket: (url, protocols) => new WebSocket(url, protocols),
    takeTicket: () => takeTicket(page),
    onTicket(offer) {
      const look = () => {
        const ticket = takeTicket(page);
        if (ticket !== null) offer(ticket);
      };
      page.addEventListener('hashchange', look);
      return () => page.removeEventListener('hashchange', look);
    },
    onWake(run) {
      const stop = new AbortController();
      const whenVisible = () => {
        if (page.document.visibilityState === 'visible') run();
      };
      page.addEventListener('online', run, { signal: stop.signal });
      page.document.addEventListener('visibilitychange', whenVisible, { signal: stop.signal });
      return () => stop.abort();
    },
    onStorage(run) {
      page.addEventListener('storage', run);
      return () => page.removeEventListener('storage', run);
    },
  };
}

/** The page's localStorage or, where the browser blocks it, a substitute that lasts as long as the page. */
function openStorage(page: Window): WebEnvironment['storage'] {
  try {
    page.localStorage.getItem('');
    return page.localStorage;
  } catch {
    const values = new Map<string, string>();
    return {
      getItem: (name) => values.get(name) ?? null,
      setItem: (name, value) => void values.set(name, value),
      removeItem: (name) => void values.delete(name),
    };
  }
}

function takeTicket(page: Window): string | null {
  const params = new URLSearchParams(page.location.hash.slice(1));
  const ticket = params.get('ticket');
  if (ticket === null) return null;
  page.history.replaceState(null, '', page.location.pathname + page.location.search);
  return ticket || null;
}
