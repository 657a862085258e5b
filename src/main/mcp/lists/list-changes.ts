import { createHash } from 'node:crypto';
import type { ItemKind } from '../../../shared/model/visibility';
import { isObject, type Params } from '../json-rpc';
import { type ListedKind, listedKind } from './item-rules';
import { canonicalText } from './same-list';

/** A thing that a server lists, by the server's own name or URI for it. */
export interface ListedItem {
  /** The request that lists it. */
  readonly method: string;
  readonly kind: ItemKind;
  readonly name: string;
}

/** What a server lists: a digest of each item, whatever the order of its keys. The keys are for {@link itemOf}. */
export type ItemDigests = ReadonlyMap<string, string>;

export const NO_ITEMS: ItemDigests = new Map();

const KIND_OF: Readonly<Record<ListedKind['word'], ItemKind>> = {
  tool: 'tool',
  prompt: 'prompt',
  resource: 'resource',
  'resource template': 'resource',
};

/** The kind of thing that rules and sets know an item of such a list as. */
export const itemKindOf = ({ word }: ListedKind): ItemKind => KIND_OF[word];

/** Digests of everything on these pages, in their order. Of items with one name, clients get the first. */
export function digestsOf(pages: readonly { readonly method: string; readonly result: Params }[]): ItemDigests {
  const digests = new Map<string, string>();
  for (const { method, result } of pages) {
    const kind = listedKind(method);
    const items = kind && result[kind.key];
    if (!kind || !Array.isArray(items)) continue;
    for (const item of items) {
      const name = isObject(item) ? item[kind.id] : undefined;
      if (typeof name !== 'string') continue;
      const key = JSON.stringify([method, name]);
      if (!digests.has(key)) digests.set(key, createHash('sha256').update(canonicalText(item)).digest('base64url'));
    }
  }
  return digests;
}

/** The item that a key of {@link ItemDigests} stands for. */
export function itemOf(key: string): ListedItem {
  const [method, name] = JSON.parse(key) as [string, string];
  const kind = listedKind(method);
  if (!kind) throw new Error(`no list is asked for by ${method}`);
  return { method, kind: itemKindOf(kind), name };
}

/** Items that only one of the two has, or that say something else. Their order does not count. */
export function changedItems(before: ItemDigests, after: ItemDigests): ListedItem[] {
  if (before === after) return [];
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys].filter((key) => before.get(key) !== after.get(key)).map(itemOf);
}
