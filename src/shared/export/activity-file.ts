import { ACTIVITY_COLUMNS, type Activity, type ActivityPage, type ActivityQuery } from '../contract/activity';
import { MOST_CONTENTS } from '../contract/activity-contents';
import { BYTE_ORDER_MARK, type Cell, csvLine } from './csv';
import { type HarContents, harEntry, harPage, pageOf } from './har';
import { isoTime } from './table-file';

export const ACTIVITY_FORMATS = ['csv', 'json', 'jsonl', 'har'] as const;
export type ActivityFormat = (typeof ACTIVITY_FORMATS)[number];

/** So many rows are in one file at most. */
export const MOST_EXPORTED = 100_000;
const PAGE = 1_000;

/** Which rows; where an export begins and ends within them is its own affair. */
type ActivityFilter = Partial<Omit<ActivityQuery, 'limit' | 'after'>>;

export interface ActivityExport {
  readonly format: ActivityFormat;
  readonly filter: ActivityFilter;
  /** The version of Holdfast that writes it. */
  readonly version: string;
  /** How many rows at most; {@link MOST_EXPORTED} if missing. */
  readonly most?: number;
  /** Reads one page, the newest first. */
  read(query: Partial<ActivityQuery>): Promise<ActivityPage>;
  /** What was recorded of the contents of rows, by their id. Asked for with each page by formats that have a place for it. */
  contents?(activityIds: readonly number[]): Promise<ReadonlyMap<number, HarContents>>;
}

/** What became of an export. */
export interface ActivityExported {
  readonly rows: number;
  /** There is more that fits, older than what was written. */
  readonly isCut: boolean;
}

/**
 * Writes activity as the pieces of one file, page by page, the newest row first: as long as its reader takes them, no more than
 * one page is in memory. JSON, JSON Lines and HAR hold rows whole; times are ISO 8601 in UTC in each format.
 */
export async function* activityFile(options: ActivityExport): AsyncGenerator<string, ActivityExported> {
  const { filter, read, most = MOST_EXPORTED } = options;
  const writer = WRITERS[options.format](options);
  let { before } = filter;
  let count = 0;
  let hasMore = true;
  yield writer.head;
  while (hasMore && count < most) {
    const limit = Math.min(PAGE, most - count);
    const page = await read({ ...filter, limit, ...(before !== undefined && { before }) });
    if (page.activity.length > 0) yield* writer.rows(page.activity, count === 0);
    count += page.activity.length;
    hasMore = page.has_more && page.activity.length > 0;
    before = page.activity.at(-1)?.activity_id;
  }
  yield writer.foot({ rows: count, isCut: hasMore });
  return { rows: count, isCut: hasMore };
}

interface Writer {
  readonly head: string;
  /** One page in pieces, of which none is longer than its reader should hold. */
  rows(rows: readonly Activity[], isFirst: boolean): AsyncGenerator<string> | readonly string[];
  foot(exported: ActivityExported): string;
}

const withTime = (row: Activity) => ({ ...row, at: isoTime(row.at) });
const joined = (texts: readonly string[], isFirst: boolean): string => `${isFirst ? '\n' : ',\n'}${texts.join(',\n')}`;

const WRITERS: Readonly<Record<ActivityFormat, (options: ActivityExport) => Writer>> = {
  csv: () => ({
    head: BYTE_ORDER_MARK + csvLine(ACTIVITY_COLUMNS),
    rows: (rows) => [rows.map((row) => csvLine(ACTIVITY_COLUMNS.map((name) => cellOf(row, name)))).join('')],
    foot: () => '',
  }),
  jsonl: () => ({
    head: '',
    rows: (rows) => [rows.map((row) => `${JSON.stringify(withTime(row))}\n`).join('')],
    foot: () => '',
  }),
  json: () => ({
    head: '{"activity":[',
    rows: (rows, isFirst) => [
      joined(
        rows.map((row) => JSON.stringify(withTime(row))),
        isFirst,
      ),
    ],
    foot: ({ isCut }) => `\n],"is_cut":${isCut}}\n`,
  }),
  har: ({ version, contents }) => {
    /** When each session is first heard of in the file. */
    const pages = new Map<string, number>();
    const creator = JSON.stringify({ name: 'Holdfast', version });
    return {
      head: `{"log":{"version":"1.2","creator":${creator},"entries":[`,
      async *rows(rows, isFirst) {
        for (const row of rows) pages.set(pageOf(row), Math.min(row.at, pages.get(pageOf(row)) ?? row.at));
        // With contents, a page is a hundred times as long.
        const size = contents ? MOST_CONTENTS : rows.length;
        for (let from = 0; from < rows.length; from += size) {
          const some = rows.slice(from, from + size);
          const found = await contents?.(some.map(({ activity_id }) => activity_id));
          const entries = some.map((row) => JSON.stringify(harEntry(row, found?.get(row.activity_id))));
          yield joined(entries, isFirst && from === 0);
        }
      },
      foot({ rows, isCut }) {
        const list = JSON.stringify([...pages].map(([id, at]) => harPage(id, at)));
        const comment = isCut ? `,"comment":"Only the newest ${rows} messages that fit are in this file."` : '';
        return `\n],"pages":${list}${comment}}}\n`;
      },
    };
  },
};

const cellOf = (row: Activity, name: (typeof ACTIVITY_COLUMNS)[number]): Cell =>
  name === 'at' ? isoTime(row.at) : row[name];
