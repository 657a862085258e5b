import type { ClientSettings } from '../upstream-ports';

/** What each home asked of a server, by home. Immutable. */
export type AllClientSettings = Readonly<Record<string, ClientSettings>>;

/** Levels of `logging/setLevel`, the one that lets most through first (MCP 2025-11-25, logging). */
const LEVELS = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'];
const NONE: ClientSettings = { logLevel: null, subscriptions: [] };

export const withLevel = (all: AllClientSettings, home: string, logLevel: string): AllClientSettings => ({
  ...all,
  [home]: { ...(all[home] ?? NONE), logLevel },
});

export function withSubscription(
  all: AllClientSettings,
  home: string,
  uri: string,
  isWanted: boolean,
): AllClientSettings {
  const settings = all[home] ?? NONE;
  const others = settings.subscriptions.filter((one) => one !== uri);
  return { ...all, [home]: { ...settings, subscriptions: isWanted ? [...others, uri] : others } };
}

export function withoutHome(all: AllClientSettings, home: string): AllClientSettings {
  const { [home]: _, ...others } = all;
  return others;
}

/** The home is called otherwise now. What the new name set before counts on. */
export function renamed(all: AllClientSettings, from: string, to: string): AllClientSettings {
  const settings = all[from];
  if (!settings || from === to) return all;
  const before = all[to] ?? NONE;
  const subscriptions = [...new Set([...before.subscriptions, ...settings.subscriptions])];
  return { ...withoutHome(all, from), [to]: { logLevel: settings.logLevel ?? before.logLevel, subscriptions } };
}

/** The level that suits everybody: the one that lets most through. Null when nobody set one. */
export function levelOf(all: AllClientSettings): string | null {
  const set = new Set(Object.values(all).map(({ logLevel }) => logLevel));
  return LEVELS.find((level) => set.has(level)) ?? [...set].find((level) => level !== null) ?? null;
}

export const urisOf = (all: AllClientSettings): ReadonlySet<string> =>
  new Set(Object.values(all).flatMap(({ subscriptions }) => subscriptions));

/** Whether a log message of this level is for the home. One that set no level gets all. */
export function wantsLog(all: AllClientSettings, home: string, level: unknown): boolean {
  const least = all[home]?.logLevel;
  if (!least || typeof level !== 'string' || !LEVELS.includes(level)) return true;
  return LEVELS.indexOf(level) >= LEVELS.indexOf(least);
}

/** Whether an update of the resource is for the home: it may be a part of what was subscribed (MCP 2025-11-25, resources). */
export const wantsUpdate = (all: AllClientSettings, home: string, uri: unknown): boolean =>
  typeof uri === 'string' && (all[home]?.subscriptions ?? []).some((subscribed) => uri.startsWith(subscribed));
