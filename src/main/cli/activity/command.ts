import { type ActivityPage, activityPageSchema, failuresSchema } from '../../../shared/contract/activity';
import { contentsListSchema, MAX_RECORDED_MINUTES } from '../../../shared/contract/activity-contents';
import { HoldfastError } from '../../../shared/errors';
import { MOST_EXPORTED } from '../../../shared/export/activity-file';
import { Admin } from '../admin';
import type { Command, Given } from '../command';
import { EXIT, type ExitCode } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { follow } from '../follow';
import { columns, printJson, printLine } from '../print';
import { TIME_HELP, timeOption } from '../time-option';
import { EXPORT_OPTIONS, exportActivity } from './export';
import { record } from './record';
import { show } from './show';
import { activityLine, activityRow, failureLines } from './words';

const CONTENTS = '/api/mcp/activity/contents';
const PERIOD_MS = 1_000;
const MOST = 1_000;
const USUAL = 50;
const MOST_GROUPS = 200;
const USUAL_GROUPS = 20;

const say = (text: string): void => void process.stderr.write(`holdfast activity: ${text}\n`);

/** `holdfast activity`: what was called, what failed and why. */
export const activity: Command = {
  help: `Usage: holdfast activity [--failed] [--server NAME] [--session ID] [--text TEXT] [--query WORDS]
                        [--from TIME] [--to TIME] [--limit N] [--groups] [--follow] [--json]
       holdfast activity --export FILE [--format csv|json|jsonl|har] [--force] [and what limits it, as above]
       holdfast activity show ID [--json]
       holdfast activity record [--server NAME | --minutes N] [--off] [--json]

What was called and what became of it, the newest last. Contents of calls are kept only where you have them recorded.

  --failed        only errors of tools, errors of the protocol, and calls whose outcome is unknown
  --server NAME   only what this server did
  --session ID    only what belongs to this session
  --text TEXT     only what has this text in its method, tool, server or error
  --query WORDS   in the words of the filter of the Activity view: server:NAME, client:, tool:, method:, error:, session:,
                  outcome:error,lost, direction:to_client, slower:500ms, faster:, is:failed (held, repeated, lost), plain
                  words, and - before any of them for its opposite
  --from TIME     only what came at this time or later: ${TIME_HELP}
  --to TIME       only what came before this time
  --limit N       how many lines, at most ${MOST}; ${USUAL} if omitted
  --groups        failures by kind instead, the most frequent first: numbers, ids and paths in an error do not count
  --follow        goes on with what happens from now on, over restarts of Holdfast, until it is interrupted
  --json          prints one JSON object: ok and activity, or ok, failed, kinds and groups; with --follow, one JSON object a line
  --export FILE   writes it into a new file that only you can read, the newest first; - is standard output.
                  Without --limit it is all that fits, at most ${MOST_EXPORTED} rows
  --format F      csv, json, jsonl or har; if omitted, as the name of the file ends
  --force         replaces the file if it exists

  show ID         one message with its arguments and its result, if they were recorded. --json shows the ids
  record          records contents from now on: of everything for 15 minutes, or for as many as --minutes says
                  (${MAX_RECORDED_MINUTES} at most), or of one server, with --server, until it is switched off. Secrets are masked,
                  contents are kept for 24 hours at most
  record --off    records nothing more, or with --server nothing more of that server

Exit codes: 0 done or interrupted, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: {
    failed: { type: 'boolean' },
    server: { type: 'string' },
    session: { type: 'string' },
    text: { type: 'string' },
    query: { type: 'string' },
    from: { type: 'string' },
    to: { type: 'string' },
    limit: { type: 'string' },
    minutes: { type: 'string' },
    off: { type: 'boolean' },
    groups: { type: 'boolean' },
    follow: { type: 'boolean' },
    json: { type: 'boolean' },
    ...EXPORT_OPTIONS,
  },
  maxPositionals: 2,
  async run(given) {
    const [action] = given.positionals;
    if (action === 'record') return record(given);
    if (action === 'show') return show(given);
    if (action !== undefined) throw new HoldfastError('invalid_input', `There is no "activity ${action}".`);
    const file = given.text('export');
    const limit = limitOf(given, file === undefined ? MOST : MOST_EXPORTED);
    const filter = filterOf(given);
    const folder = dataFolder();
    if (file !== undefined) {
      const admin = await Admin.of(findRunning(folder));
      return exportActivity(given, {
        file,
        filter,
        limit,
        read: (query) => page(admin, query),
        contents: async (activity_ids) =>
          contentsListSchema.parse(await admin.ask(CONTENTS, { method: 'POST', body: { activity_ids } })),
      });
    }
    forbidOf(given);
    const isFollowing = given.flag('follow');
    const json = given.flag('json');
    if (given.flag('groups')) return await printGroups(folder, filter, given);
    const found = await read(folder, { ...filter, limit: String(limit ?? USUAL) });
    const rows = found.activity.toReversed();
    if (json && !isFollowing) printJson({ ok: true, activity: rows });
    else if (json) for (const row of rows) printLine(JSON.stringify(row));
    else if (rows.length === 0 && !isFollowing) printLine('Nothing was called that fits.');
    else for (const line of columns(rows.map(activityRow))) printLine(line);
    if (isFollowing) await goOn(folder, filter, found.activity[0]?.activity_id ?? 0, json);
    return EXIT.ok;
  },
};

async function printGroups(folder: string, filter: Record<string, string>, given: Given): Promise<ExitCode> {
  if (given.flag('follow')) throw new HoldfastError('invalid_input', '--groups cannot be used with --follow.');
  const limit = limitOf(given, MOST_GROUPS) ?? USUAL_GROUPS;
  const { failed: _, ...query } = filter;
  const answer = await (await Admin.of(findRunning(folder))).ask(
    `/api/mcp/activity/failures?${new URLSearchParams({ ...query, limit: String(limit) })}`,
  );
  const failures = failuresSchema.parse(answer);
  if (given.flag('json')) printJson({ ok: true, ...failures });
  else for (const line of failureLines(failures)) printLine(line);
  return EXIT.ok;
}

function limitOf(given: Given, most: number): number | undefined {
  const text = given.text('limit');
  if (text === undefined) return undefined;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    throw new HoldfastError('invalid_input', `--limit is a whole number from 1 to ${most}.`);
  }
  return limit;
}

/** What makes sense for a file alone is no wish to be dropped in silence. */
function forbidOf(given: Given): void {
  for (const name of ['format', 'force']) {
    if (given.flag(name) || given.text(name) !== undefined) {
      throw new HoldfastError('invalid_input', `--${name} goes with --export FILE.`);
    }
  }
}

function filterOf(given: Given): Record<string, string> {
  const now = Date.now();
  const time = (name: 'from' | 'to') => timeOption(name, given.text(name), now)?.toString();
  const filter = {
    server: given.text('server'),
    session_id: given.text('session'),
    text: given.text('text'),
    q: given.text('query'),
    from: time('from'),
    to: time('to'),
  };
  const entries = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(entries), ...(given.flag('failed') ? { failed: 'true' } : {}) };
}

const page = async (admin: Admin, query: Record<string, string>): Promise<ActivityPage> =>
  activityPageSchema.parse(await admin.ask(`/api/mcp/activity?${new URLSearchParams(query)}`));

const read = async (folder: string, query: Record<string, string>): Promise<ActivityPage> =>
  page(await Admin.of(findRunning(folder)), query);

function goOn(folder: string, filter: Record<string, string>, from: number, json: boolean): Promise<void> {
  let after = from;
  return follow({
    period: PERIOD_MS,
    what: '',
    say,
    read: () => read(folder, { ...filter, after: String(after), limit: String(MOST) }),
    print(page) {
      for (const row of page.activity) printLine(json ? JSON.stringify(row) : activityLine(row));
      after = page.activity.at(-1)?.activity_id ?? after;
      return page.has_more;
    },
  });
}
