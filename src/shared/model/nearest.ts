/** Longer names are not compared: no name here is. */
const LONGEST = 64;

/** The name that was probably meant: the nearest by edits, if at most a third of it is wrong; null otherwise. */
export function nearest(wrong: string, names: readonly string[]): string | null {
  if (wrong.length > LONGEST) return null;
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(wrong, name) }))
    .filter(({ name, distance }) => distance <= Math.max(1, Math.floor(name.length / 3)) || isPartOf(wrong, name))
    .sort((a, b) => a.distance - b.distance);
  return best?.name ?? null;
}

const isPartOf = (wrong: string, name: string): boolean => wrong.length >= 3 && name.includes(wrong);

/** Levenshtein distance. */
function distanceOf(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + Number(letter !== to[column - 1]);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
