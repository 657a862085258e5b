import { MOST_ITEMS } from '../../../shared/contract/visibility';
import type { Ms } from '../../../shared/model/units';
import type { ItemKind } from '../../../shared/model/visibility';
import { isObject } from '../json-rpc';
import type { StoredLists } from '../stored-lists';
import { listedKind } from './item-rules';

/** Characters of a description; the rest is cut off. */
const LONGEST_DESCRIPTION = 300;

/** A tool, prompt or resource that a server listed. */
interface KnownItem {
  readonly kind: ItemKind;
  readonly name: string;
  /** Its first line. */
  readonly description: string | null;
}

export interface KnownItems {
  readonly items: readonly KnownItem[];
  /** How many are left out. */
  readonly more: number;
  /** When it last listed something else; null when it has not listed anything yet. */
  readonly changed_at: Ms | null;
}

const KINDS: Readonly<Record<string, ItemKind>> = {
  'tools/list': 'tool',
  'prompts/list': 'prompt',
  'resources/list': 'resource',
  'resources/templates/list': 'resource',
};
const ORDER = Object.keys(KINDS);

/**
 * The tools, prompts and resources that a server listed last, each name once, in its own order. Names and descriptions are
 * whatever the server says; whoever shows them makes them visible.
 *
 * @param lists - null when nothing can run under this name, or it has listed nothing
 */
export function listedItems(lists: StoredLists | null): KnownItems {
  if (lists === null) return { items: [], more: 0, changed_at: null };
  const unique = new Map<string, KnownItem>();
  for (const [kind, item] of itemsIn(lists)) {
    const { name } = item;
    const key = JSON.stringify([kind, name]);
    if (!unique.has(key)) unique.set(key, { kind, name, description: lineOf(item.said.description) });
  }
  const items = [...unique.values()];
  return {
    items: items.slice(0, MOST_ITEMS),
    more: Math.max(0, items.length - MOST_ITEMS),
    changed_at: lists.learned_at,
  };
}

interface Said {
  readonly name: string;
  readonly said: Readonly<Record<string, unknown>>;
}

/** Everything in the pages of stored lists, as the server said it: tools first. */
export function* itemsIn({ pages }: Pick<StoredLists, 'pages'>): Generator<readonly [ItemKind, Said]> {
  const byMethod = (JSON.parse(pages) as [key: string, result: string][]).map(
    ([key, result]) => [String((JSON.parse(key) as unknown[])[0]), result] as const,
  );
  for (const method of ORDER) {
    const list = listedKind(method);
    const kind = KINDS[method];
    if (!list || !kind) continue;
    for (const [, text] of byMethod.filter(([of]) => of === method)) {
      const result: unknown = JSON.parse(text);
      const items = isObject(result) ? result[list.key] : [];
      for (const said of Array.isArray(items) ? items : []) {
        const name = isObject(said) ? said[list.id] : undefined;
        if (isObject(said) && typeof name === 'string' && name !== '') yield [kind, { name, said }];
      }
    }
  }
}

/** The first line that says something. */
export function lineOf(description: unknown): string | null {
  if (typeof description !== 'string') return null;
  const line = description
    .slice(0, 10 * LONGEST_DESCRIPTION)
    .split('\n')
    .find((one) => one.trim() !== '');
  return line === undefined ? null : line.trim().slice(0, LONGEST_DESCRIPTION);
}
