import type { Crash, Diagnostics, DoctorReport, LogLine } from '../../shared/contract/diagnostics';
import { LOG_LEVELS } from '../../shared/contract/diagnostics';
import type { Server } from '../../shared/contract/server';

export interface Diagnosis {
  readonly at: number;
  readonly facts: Diagnostics;
  readonly report: DoctorReport;
  readonly servers: readonly Server[];
  readonly log: readonly LogLine[];
}

const MARKS = { ok: 'ok', failed: '**FAILED**', skipped: 'skipped', not_run: 'not run' } as const;
const time = (at: number): string => new Date(at).toISOString();
/** One line, with nothing in it that Markdown takes for the end of a cell. */
const cell = (text: string): string => text.replace(/\s+/g, ' ').replaceAll('|', '\\|');

/** Everything about this Holdfast as Markdown. What goes in is not cleaned here: whoever calls it removes secrets and names. */
export function diagnosisText({ at, facts, report, servers, log }: Diagnosis): string {
  return [
    '# Holdfast diagnosis',
    `Taken ${time(at)}; running since ${time(facts.started_at)}, process ${facts.pid}, ${facts.url}.`,
    '## Versions',
    list(facts.versions.map(({ name, version }) => `${name}: ${version}`)),
    '## Places',
    list(facts.places.map(({ name, path, exists }) => `${name}: \`${path}\`${exists ? '' : ' (missing)'}`)),
    '## Keeper and secrets',
    list([
      keeperLine(facts),
      facts.secrets.protection,
      ...(facts.secrets.problem === null ? [] : [facts.secrets.problem]),
    ]),
    '## Checks',
    report.started_at === null ? 'Not run.' : checkTable(report),
    '## Servers',
    list(servers.map(({ name, transport, policy, state }) => `${name}: ${state}, ${transport}, ${policy}`)),
    '## Crashes',
    list(facts.crashes.map(crashLine)),
    `## Log, the last ${log.length} lines`,
    `\`\`\`\n${log.map(logLine).join('\n').replaceAll('```', "'''")}\n\`\`\``,
    '',
  ].join('\n\n');
}

const list = (lines: readonly string[]): string =>
  lines.length === 0 ? 'None.' : lines.map((line) => `- ${line.replace(/\s+/g, ' ')}`).join('\n');

const keeperLine = ({ keeper }: Diagnostics): string =>
  keeper === null
    ? 'No keeper: no server over stdio runs'
    : `Keeper: process ${keeper.pid} since ${time(keeper.started_at)}, with ${keeper.children} processes`;

const checkTable = ({ started_at, running, checks }: DoctorReport): string =>
  [
    `Run ${time(started_at ?? 0)}${running ? ', still running' : ''}.\n`,
    '| check | result | detail |',
    '|---|---|---|',
    ...checks.map(({ name, result, detail }) => `| ${cell(name)} | ${MARKS[result]} | ${cell(detail)} |`),
  ].join('\n');

const crashLine = ({ at, kind, what }: Crash): string => `${time(at)}, ${kind}: ${what.split('\n')[0] ?? ''}`;

const levelName = (level: number): string =>
  Object.entries(LOG_LEVELS)
    .filter(([, number]) => number <= level)
    .at(-1)?.[0] ?? 'trace';

const logLine = ({ at, level, message, detail }: LogLine): string =>
  `${time(at)} ${levelName(level)} ${message}${detail === '' ? '' : ` · ${detail}`}`.replace(/\s+/g, ' ');
