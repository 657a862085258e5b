import { existsSync, readFileSync } from 'node:fs';
import { arch, release, type } from 'node:os';
import { join } from 'node:path';
import { type ParseError, parse } from 'jsonc-parser';
import type { Crash } from '../../../shared/contract/diagnostics';
import { HIDDEN } from '../../../shared/model/secret-values';
import type { Ms } from '../../../shared/model/units';
import { SHORTEST_WORD, secretsPattern } from '../../platform/secret-shapes';
import { lastCrashes } from '../crashes';
import { readLogTail } from '../log-tail';
import { type CleanText, textCleaner } from './clean';
import { type BundledFile, bundleFile, MOST_LIST_BYTES, MOST_LOG_LINES, withReadme } from './files';
import { jsonLines } from './lines';

export interface OfflineFacts {
  readonly folder: string;
  readonly home: string;
  readonly version: string;
  readonly now: Ms;
}

/**
 * What can be said of a Holdfast that does not run: its versions, its files, crashes and the end of its log. It reads nothing but
 * these, above all not the database, which the next start may have to repair.
 */
export async function offlineContents({ folder, home, version, now }: OfflineFacts): Promise<BundledFile[]> {
  const clean = textCleaner(withoutTextsOf(join(folder, 'servers.json')), home);
  const crashes = await lastCrashes(folder);
  const { lines } = await readLogTail(folder, { level: 'debug', text: '', limit: MOST_LOG_LINES }, clean);
  const log = jsonLines(lines.toReversed(), MOST_LIST_BYTES, lines.length >= MOST_LOG_LINES);
  return withReadme({ at: now, version, scope: {}, isOffline: true }, [
    bundleFile('diagnosis.md', 'diagnosis', { text: clean(textOf(folder, version, crashes)), isCut: false }),
    bundleFile('log.jsonl', 'log', log),
  ]);
}

const PLACES = ['holdfast.db', 'servers.json', 'holdfast.log', 'endpoint.json', 'backups'];

function textOf(folder: string, version: string, crashes: readonly Crash[]): string {
  const crashLines = crashes.map(({ at, kind, what }) => `- ${new Date(at).toISOString()}, ${kind}: ${what}`);
  return `${[
    '# Holdfast diagnosis',
    'Holdfast was not running.',
    `- Holdfast: ${version}\n- Node: ${process.versions.node}\n- System: ${type()} ${release()} ${arch()}`,
    `## Files in ${folder}`,
    PLACES.map((name) => `- ${name}: ${existsSync(join(folder, name)) ? 'there' : 'missing'}`).join('\n'),
    '## Crashes',
    crashLines.length === 0 ? 'None.' : crashLines.join('\n'),
  ].join('\n\n')}\n`;
}

/**
 * Which of the texts in servers.json are secrets only a running Holdfast knows, so all of them are taken for one, names aside.
 * Those that are kept outside of the file are never in the log.
 */
function withoutTextsOf(path: string): CleanText {
  const secrets = secretsPattern(textsIn(readServers(path)).filter((text) => text.length >= SHORTEST_WORD));
  return (text) => (secrets === null ? text : text.replace(secrets, HIDDEN));
}

function readServers(path: string): unknown {
  try {
    const errors: ParseError[] = [];
    return parse(readFileSync(path, 'utf8'), errors, { allowTrailingComma: true });
  } catch {
    return null;
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...value.split(/[\s=]+/)];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
