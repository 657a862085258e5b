import { isExactNumber } from './exact-json';

/** Children of one node that are drawn before somebody asks for more. */
export const FIRST_CHILDREN = 50;
/** Rows of one tree that are drawn at most. */
const MOST_ROWS = 2_000;

/** Where a node is: the keys on the way to it. */
export type Path = readonly (string | number)[];

/** One row of a tree as it is drawn. */
export type TreeRow =
  | {
      readonly kind: 'node';
      readonly id: string;
      readonly path: Path;
      readonly value: unknown;
      /** Of an object or a list that has something in it. */
      readonly isOpen: boolean | null;
      readonly count: number;
    }
  | { readonly kind: 'more'; readonly id: string; readonly path: Path; readonly count: number };

/** What was opened or closed, and how many children are drawn, by the id of a node. */
export interface TreeState {
  readonly open: ReadonlyMap<string, boolean>;
  readonly shown: ReadonlyMap<string, number>;
}

/** Small values are open at the start, as far as two levels. */
const opensAtStart = (path: Path, count: number): boolean => path.length === 0 || (path.length < 3 && count <= 10);

const childrenOf = (value: unknown): [string | number, unknown][] | null => {
  if (isExactNumber(value)) return null;
  if (Array.isArray(value)) return value.map((child, index) => [index, child]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : null;
};

/** The rows of a tree, in order; never more than 2,000. */
export function treeRows(value: unknown, { open, shown }: TreeState): TreeRow[] {
  const rows: TreeRow[] = [];
  const visit = (path: Path, one: unknown) => {
    if (rows.length >= MOST_ROWS) return;
    const id = JSON.stringify(path);
    const children = childrenOf(one);
    const count = children?.length ?? 0;
    const isOpen = count === 0 ? null : (open.get(id) ?? opensAtStart(path, count));
    rows.push({ kind: 'node', id, path, value: one, isOpen, count });
    if (!children || !isOpen) return;
    const most = shown.get(id) ?? FIRST_CHILDREN;
    for (const [key, child] of children.slice(0, most)) visit([...path, key], child);
    if (count > most) rows.push({ kind: 'more', id: `${id}+`, path, count: count - most });
  };
  visit([], value);
  return rows;
}

/** What a key does at a row: the row to go to, or something with this one; null if it does nothing in a tree. */
export function treeStep(key: string, rows: readonly TreeRow[], at: number): number | 'open' | 'close' | 'act' | null {
  const row = rows[at];
  const isOpen = row?.kind === 'node' ? row.isOpen : null;
  const within = (to: number) => Math.max(0, Math.min(rows.length - 1, to));
  const depth = row?.path.length ?? 0;
  switch (key) {
    case 'ArrowDown':
      return within(at + 1);
    case 'ArrowUp':
      return within(at - 1);
    case 'Home':
      return 0;
    case 'End':
      return within(rows.length - 1);
    case 'Enter':
    case ' ':
      return 'act';
    case 'ArrowRight':
      if (isOpen === false) return 'open';
      return isOpen ? within(at + 1) : at;
    case 'ArrowLeft':
      if (isOpen) return 'close';
      return within(
        rows.findLastIndex(
          (one, index) => index < at && (row?.kind === 'more' ? one.path.length <= depth : one.path.length < depth),
        ),
      );
    default:
      return null;
  }
}

/** A path as JavaScript writes it: `content[0].text`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

/** A value as one would paste it: a text as it is, everything else as JSON. */
export const valueText = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? 'null');
