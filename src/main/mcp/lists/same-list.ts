import { keepNumbers, numberTexts } from '../exact-json';
import { isObject, type Params } from '../json-rpc';

/**
 * The text of a JSON value with the keys of its objects in order, so that two texts are equal exactly if the values are.
 * Servers whose language keeps no order of keys write the same list differently each time.
 */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) {
    const texts = numberTexts(value as never);
    return `[${value.map((one, index) => texts?.[index] ?? canonicalText(one)).join()}]`;
  }
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const texts = numberTexts(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${texts?.[key] ?? canonicalText(value[key])}`).join()}}`;
}

/**
 * What to send in place of a page, so that the bytes stay what they were although the server wrote them differently: the
 * earlier text of each item that is still the same, and the order of `before` if all of its items are.
 *
 * @param key - field of the page with the items
 * @param before - what this page was last time
 * @param others - items of other pages of that time
 * @returns `after`, the same reference, unless something in it is the same as before
 */
export function asBefore(
  key: string,
  before: Params | undefined,
  after: Params,
  others: readonly unknown[] = [],
): Params {
  const now = after[key];
  if (!Array.isArray(now)) return after;
  const old: readonly unknown[] = Array.isArray(before?.[key]) ? before[key] : [];
  const known = new Map([...others, ...old].map((item) => [canonicalText(item), item]));
  const texts = now.map(canonicalText);
  const all = (list: readonly unknown[]) => [...list].sort().join('\n');
  const isSame = old.length === now.length && all(texts) === all(old.map(canonicalText));
  const items = isSame ? old : now.map((item, at) => known.get(texts[at] ?? '') ?? item);
  if (items.every((item, at) => item === now[at])) return after;
  const same = keepNumbers(after, { ...after, [key]: items });
  return before !== undefined && canonicalText(same) === canonicalText(before) ? before : same;
}

/** What a list says, whatever the order of its keys, of its items, and wherever its pages end. */
export const contentsOf = (key: string, pages: readonly Params[]): string =>
  pages
    .flatMap((page) => (Array.isArray(page[key]) ? page[key] : []))
    .map(canonicalText)
    .sort()
    .join('\n');
