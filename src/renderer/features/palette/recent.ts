const KEY = 'holdfast.recent';
const MOST = 8;
/** Ids of sessions, servers and commands; a longer one is not ours. */
const MOST_ID = 300;

/** What was picked in the palette last, the newest first; nothing if storage is blocked or holds something else. */
export function readRecent(storage: Pick<Storage, 'getItem'>): readonly string[] {
  try {
    const kept: unknown = JSON.parse(storage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isId).slice(0, MOST) : [];
  } catch {
    return [];
  }
}

/** Keeps that an item was picked. */
export function keepRecent(storage: Pick<Storage, 'getItem' | 'setItem'>, id: string): void {
  const kept = [id, ...readRecent(storage).filter((other) => other !== id)].slice(0, MOST);
  try {
    storage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage may be full or blocked: the palette then begins with the same items every time.
  }
}

const isId = (value: unknown): value is string => typeof value === 'string' && value.length <= MOST_ID;
