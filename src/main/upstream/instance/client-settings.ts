import type { ClientSettings } from '../upstream-ports';

/** What each session set on a server, by session key. Immutable. */
export type AllClientSettings = Readonly<Record<string, ClientSettings>>;

/** Levels of `logging/setLevel`, most verbose first (MCP 2025-11-25, logging). */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
const NONE: ClientSettings = { logLevel: null, subscriptions: [] };

export const withLevel = (all: AllClientSettings, sessionKey: string, logLevel: string): AllClientSettings => ({
  ...all,
  [sessionKey]: { ...(all[sessionKey] ?? NONE), logLevel },
});

export function withSubscription(
  all: AllClientSettings,
  sessionKey: string,
  uri: string,
  isWanted: boolean,
): AllClientSettings {
  const settings = all[sessionKey] ?? NONE;
  const others = settings.subscriptions.filter((one) => one !== uri);
  return { ...all, [sessionKey]: { ...settings, subscriptions: isWanted ? [...others, uri] : others } };
}

export function withoutSession(all: AllClientSettings, sessionKey: string): AllClientSettings {
  const { [sessionKey]: _, ...others } = all;
  return others;
}

/** The most verbose level that any session set, which serves them all; null if none did. */
export function levelOf(all: AllClientSettings): string | null {
  const set = new Set(Object.values(all).map(({ logLevel }) => logLevel));
  return LEVELS.find((level) => set.has(level)) ?? [...set].find((level) => level !== null) ?? null;
}

export const urisOf = (all: AllClientSettings): ReadonlySet<string> =>
  new Set(Object.values(all).flatMap(({ subscriptions }) => subscriptions));

/** Whether the session wants log messages of this level. A session that set no level gets all. */
export function wantsLog(all: AllClientSettings, sessionKey: string, level: unknown): boolean {
  const least = all[sessionKey]?.logLevel;
  if (!least || typeof level !== 'string' || !LEVELS.includes(level)) return true;
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** Whether the session subscribed to the resource, or to one that contains it (MCP 2025-11-25, resources). */
export const wantsUpdate = (all: AllClientSettings, sessionKey: string, uri: unknown): boolean =>
  typeof uri === 'string' && (all[sessionKey]?.subscriptions ?? []).some((subscribed) => uri.startsWith(subscribed));
