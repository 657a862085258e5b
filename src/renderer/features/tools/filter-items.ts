import type { ListedItem } from '../../../shared/contract/visibility';

/** The items whose name or description has all words of the filter. */
export function filterItems<T extends ListedItem>(items: readonly T[], filter: string): readonly T[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  return items.filter(({ name, description }) => {
    const text = `${name}\n${description ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
