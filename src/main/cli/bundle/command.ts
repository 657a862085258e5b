import { type PreparedBundle, preparedBundleSchema } from '../../../shared/contract/bundle';
import { HoldfastError } from '../../../shared/errors';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { FILE_WORDS } from '../../diagnostics/bundle/readme';
import { Admin } from '../admin';
import type { Command, Given } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { STANDARD_OUTPUT, writeNewFile } from '../new-file';
import { columns, printJson, printLine } from '../print';
import { readLine } from '../read-line';
import { TIME_HELP, timeOption } from '../time-option';

const ROUTE = '/api/mcp/bundle';
/** It reads some thousand rows, and with `--doctor` asks every server. */
const PREPARED: Ms = 5 * MINUTE;

/** `holdfast bundle`: everything that a bug report needs, in one file, without secrets. */
export const bundle: Command = {
  help: `Usage: holdfast bundle [--session ID] [--from TIME] [--to TIME] [--doctor] [--out FILE] [--force] [--yes] [--json]

Puts a diagnosis together that can be attached to a bug report: versions, settings, states of servers and sessions, what
happened and what was called, the end of the log. Keys, tokens, passwords, values of servers and contents of calls are left
out. It shows what is in it and asks before it writes the file, and sends nothing anywhere.

  --session ID   what concerns this session
  --from TIME    what came at this time or later: ${TIME_HELP};
                 the last day if there is neither --from, --to nor --session
  --to TIME      what came before this time
  --doctor       runs the checks of "holdfast doctor" first, which takes some 15 s and makes test sessions
  --out FILE     the file, which only you can read; - is standard output. If omitted, a new one in this folder
  --force        replaces the file if it exists
  --yes          does not ask
  --json         prints one JSON object: ok, file, bytes and files; needs --yes

Exit codes: 0 written, 1 it could not be done or was not confirmed, 2 wrong usage, 3 Holdfast is not running.`,
  options: {
    session: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    doctor: { type: 'boolean' },
    out: { type: 'string' },
    force: { type: 'boolean' },
    yes: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  maxPositionals: 0,
  async run(given) {
    const isSure = given.flag('yes');
    const isJson = given.flag('json');
    if (isJson && !isSure) throw new HoldfastError('invalid_input', '--json asks nothing, so it needs --yes.');
    const order = { method: 'POST', body: orderOf(given), limit: PREPARED };
    const admin = await Admin.of(findRunning(dataFolder()));
    const prepared = preparedBundleSchema.parse(await admin.ask(ROUTE, order));
    const file = given.text('out') ?? prepared.file_name;
    if (!isJson) for (const line of listOf(prepared)) say(line);
    if (!isSure) await confirm(file);
    await writeNewFile(file, admin.download(`${ROUTE}/${prepared.bundle_id}`), { force: given.flag('force') });
    const { bytes, files } = prepared;
    if (file === STANDARD_OUTPUT) return EXIT.ok;
    if (isJson) printJson({ ok: true, file, bytes, files });
    else printLine(`Written: ${file} (${sizeOf(bytes)}). Nothing was sent; look through it before you attach it.`);
    return EXIT.ok;
  },
};

/** On standard error: the file may go to standard output. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);

function orderOf(given: Given): Record<string, unknown> {
  const now = Date.now();
  const order = {
    session_id: given.text('session'),
    from: timeOption('from', given.text('from'), now),
    to: timeOption('to', given.text('to'), now),
    doctor: given.flag('doctor'),
  };
  if (order.from !== undefined && order.to !== undefined && order.from >= order.to) {
    throw new HoldfastError('invalid_input', '--from must be before --to.');
  }
  return order;
}

function listOf({ files, bytes }: PreparedBundle): string[] {
  const rows = files.map(({ name, kind, bytes: size, is_cut }) => [
    `  ${name}`,
    sizeOf(size),
    `${FILE_WORDS[kind]}${is_cut ? ' (older ones left out)' : ''}`,
  ]);
  return ['This would be written, without secrets:', ...columns(rows), `As one zip file it is ${sizeOf(bytes)}.`];
}

async function confirm(file: string): Promise<void> {
  const where = file === STANDARD_OUTPUT ? 'to standard output' : `to ${file}`;
  if ((await readLine(`Type "yes" to write it ${where}: `))?.toLowerCase() === 'yes') return;
  throw new HoldfastError('internal_error', 'Nothing was written. Answer "yes", or give --yes.');
}

const sizeOf = (bytes: number): string =>
  bytes < 1_024
    ? `${bytes} B`
    : bytes < 1_048_576
      ? `${Math.round(bytes / 1_024)} KiB`
      : `${(bytes / 1_048_576).toFixed(1)} MiB`;
