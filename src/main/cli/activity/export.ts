import { extname } from 'node:path';
import type { ActivityPage } from '../../../shared/contract/activity';
import type { ContentsList } from '../../../shared/contract/activity-contents';
import { HoldfastError } from '../../../shared/errors';
import { ACTIVITY_FORMATS, type ActivityFormat, activityFile } from '../../../shared/export/activity-file';
import { harContents } from '../../../shared/export/har';
import { VERSION } from '../../version';
import type { Given } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { STANDARD_OUTPUT, writeNewFile } from '../new-file';
import { printJson } from '../print';

/** Options of `--export`. */
export const EXPORT_OPTIONS = {
  export: { type: 'string' },
  format: { type: 'string' },
  force: { type: 'boolean' },
} as const;

export interface Export {
  /** A path, or `-`. */
  readonly file: string;
  /** As parameters of the API. */
  readonly filter: Readonly<Record<string, string>>;
  readonly limit: number | undefined;
  read(query: Record<string, string>): Promise<ActivityPage>;
  /** What was recorded of up to 100 messages. */
  contents(activityIds: readonly number[]): Promise<ContentsList>;
}

/**
 * Writes what was called into a file, and says how much it was.
 * @throws HoldfastError `invalid_input` for a format that is not known, `internal_error` when the file cannot be written
 */
export async function exportActivity(given: Given, { file, filter, limit, read, contents }: Export): Promise<ExitCode> {
  for (const other of ['follow', 'groups']) {
    if (given.flag(other)) throw new HoldfastError('invalid_input', `--export and --${other} do not go together.`);
  }
  const format = formatOf(given, file);
  const pieces = activityFile({
    format,
    filter: {},
    version: VERSION,
    ...(limit !== undefined && { most: limit }),
    contents: async (ids) => harContents(await contents(ids)),
    read: (query) => read({ ...filter, ...numbers(query) }),
  });
  const { rows, isCut } = await writeNewFile(file, pieces, { force: given.flag('force') });
  if (file === STANDARD_OUTPUT) {
    if (isCut) say(`${rowsWord(rows)}.${MORE}`);
    return EXIT.ok;
  }
  if (given.flag('json')) printJson({ ok: true, file, format, rows, is_cut: isCut });
  else say(`${rowsWord(rows)} in ${file}.${isCut ? MORE : ''}`);
  return EXIT.ok;
}

const MORE = ' There is more that fits, which is older: narrow it down with --from, --to, --server or --session.';

const rowsWord = (rows: number): string => `${rows} ${rows === 1 ? 'row' : 'rows'}`;

/** On standard error, as everything beside the file itself. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);

const numbers = ({ before, limit }: { before?: number | undefined; limit?: number }): Record<string, string> => ({
  ...(before !== undefined && { before: String(before) }),
  ...(limit !== undefined && { limit: String(limit) }),
});

const isFormat = (text: string): text is ActivityFormat => (ACTIVITY_FORMATS as readonly string[]).includes(text);

function formatOf(given: Given, file: string): ActivityFormat {
  const asked = given.text('format') ?? extname(file).slice(1).toLowerCase();
  const name = asked === 'ndjson' ? 'jsonl' : asked;
  if (isFormat(name)) return name;
  const formats = ACTIVITY_FORMATS.join(', ');
  throw new HoldfastError('invalid_input', `Say which format with --format: ${formats}.`);
}
