import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { type PreparedBundle, preparedBundleSchema } from '../../../shared/contract/bundle';
import { HoldfastError } from '../../../shared/errors';
import { exportName } from '../../../shared/export/file-names';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { offlineContents } from '../../diagnostics/bundle/offline';
import { FILE_WORDS } from '../../diagnostics/bundle/readme';
import { zipOf } from '../../diagnostics/bundle/zip';
import { VERSION } from '../../version';
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
out. It shows what is in it and asks before it writes the file, and sends nothing anywhere. If Holdfast is not running, it
has what the data folder says: versions, crashes and the end of the log.

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
    const prepared = await prepare(given);
    const file = given.text('out') ?? prepared.file_name;
    if (!isJson) for (const line of listOf(prepared)) say(line);
    if (!isSure) await confirm(file);
    await writeNewFile(file, prepared.pieces(), { force: given.flag('force') });
    const { bytes, files } = prepared;
    if (file === STANDARD_OUTPUT) return EXIT.ok;
    if (isJson) printJson({ ok: true, file, bytes, files });
    else printLine(`Written: ${file} (${sizeOf(bytes)}). Nothing was sent; look through it before you attach it.`);
    return EXIT.ok;
  },
};

interface Prepared extends Omit<PreparedBundle, 'bundle_id'> {
  pieces(): AsyncGenerator<Uint8Array, void>;
}

/** A Holdfast that does not start is what most reports are about, so one that does not run has a bundle, too. */
async function prepare(given: Given): Promise<Prepared> {
  const body = orderOf(given);
  const folder = dataFolder();
  try {
    const admin = await Admin.of(findRunning(folder));
    const answer = await admin.ask(ROUTE, { method: 'POST', body, limit: PREPARED });
    const prepared = preparedBundleSchema.parse(answer);
    return { ...prepared, pieces: () => admin.download(`${ROUTE}/${prepared.bundle_id}`) };
  } catch (error) {
    const isAway = error instanceof HoldfastError && error.code === 'unreachable';
    const needsHoldfast = ONLY_RUNNING.some((name) => given.flag(name) || given.text(name) !== undefined);
    if (!isAway || needsHoldfast || !existsSync(folder)) throw error;
    say('Holdfast is not running, so this is what its data folder says.');
    return prepareOffline(folder);
  }
}

/** What only a running Holdfast can be asked. */
const ONLY_RUNNING = ['session', 'from', 'to', 'doctor'];

async function prepareOffline(folder: string): Promise<Prepared> {
  const now = Date.now();
  const files = await offlineContents({ folder, home: homedir(), version: VERSION, now });
  const zip = await zipOf(
    files.map(({ name, text }) => ({ name, bytes: Buffer.from(text) })),
    now,
  );
  return {
    file_name: exportName('bundle', now, 'zip'),
    bytes: zip.length,
    files: files.map(({ text: _, ...file }) => file),
    async *pieces() {
      yield zip;
    },
  };
}

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

function listOf({ files, bytes }: Prepared): string[] {
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
