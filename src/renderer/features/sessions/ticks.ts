/** The sessions that the user has chosen to act on together, and where a range of them begins. */
export interface Ticks {
  readonly ids: ReadonlySet<string>;
  /** The row that was chosen last; null if none was. */
  readonly anchor: string | null;
}

export const NO_TICKS: Ticks = { ids: new Set(), anchor: null };

/** Chooses these, or no longer if all of them are chosen. The last one is where a range begins. */
export function toggled({ ids, anchor }: Ticks, sessionIds: readonly string[]): Ticks {
  const next = new Set(ids);
  const isAdded = !sessionIds.every((id) => ids.has(id));
  for (const id of sessionIds) {
    if (isAdded) next.add(id);
    else next.delete(id);
  }
  return { ids: next, anchor: sessionIds.at(-1) ?? anchor };
}

/**
 * Chooses everything from where the range begins to this row, beside what is chosen already.
 *
 * @param order - all rows from the top to the bottom
 * @param cursor - where it begins when nothing was chosen yet
 */
export function reachedTo(
  { ids, anchor }: Ticks,
  order: readonly string[],
  cursor: string | null,
  sessionId: string,
): Ticks {
  const to = order.indexOf(sessionId);
  if (to < 0) return { ids, anchor };
  const begin = [anchor, cursor].find((id) => id !== null && order.includes(id)) ?? sessionId;
  const from = order.indexOf(begin);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { ids: new Set([...ids, ...range]), anchor: begin };
}
