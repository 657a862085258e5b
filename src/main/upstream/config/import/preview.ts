import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import type { ImportCandidate, ImportPreview } from '../../../../shared/contract/server';
import { HoldfastError } from '../../../../shared/errors';
import { said } from '../../../../shared/messages/said';
import { PROGRAM_NAMES } from '../../../../shared/model/program-names';
import { decodeText } from '../../../config-text/decode';
import type { Change, ConfiguredServers, ServerChange } from '../configured-servers';
import { type ParsedFile, parseFile } from '../file/file-text';
import { proposeName, whyUnfit } from '../file/names';
import { FILE_NAME } from '../file/servers-file';
import { planSave } from '../plan-save';
import type { StoredValues } from '../server-values';
import type { ConfirmedParts } from '../trust';
import type { FoundEntry, ProjectContext } from './found-entry';
import { type ImportPlaces, type Place, placesOf } from './places';
import { readProjectFile } from './readers';

const LARGEST = 64 * 1024 * 1024;

/** A candidate with the entry to import, values included. */
export interface Choice {
  readonly candidate: ImportCandidate;
  readonly entry: FoundEntry;
}

export interface ImportLook {
  /** What a person is shown; it contains no values. */
  readonly preview: ImportPreview;
  /** @throws HoldfastError `invalid_input` if one no longer exists or cannot be imported */
  choose(ids: readonly string[]): Choice[];
}

/** A server that is known already. Another one with the same key is a duplicate. */
interface Known {
  readonly name: string;
  readonly key: string;
}

type KnownServers = Pick<ConfiguredServers, 'all' | 'kept'>;

/** Looks for servers in the files of other programs. Never writes to those files. */
export function previewImport(places: ImportPlaces, servers: KnownServers): ImportLook {
  const looked: ImportPreview['looked_at'] = [];
  const found: FoundEntry[] = [];
  const look = (place: Place, project?: ProjectContext) => {
    const { source, file } = place;
    const { text, problem } = textOf(file);
    if (text === null) {
      // Most projects have no file of their own, and nobody wants to read that for each of them.
      if (project === undefined || problem) looked.push({ source, file, found: problem !== '', problem });
      return;
    }
    try {
      const { entries, more } = place.read(text, { file, ...places, ...(project === undefined ? {} : { project }) });
      looked.push({ source, file, found: true, problem: '' });
      found.push(...entries);
      for (const next of more) look({ source, file: next.file, read: readProjectFile }, next.project);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      looked.push({ source, file, found: true, problem: `${file}:${why}` });
    }
  };
  for (const place of placesOf(places)) look(place);
  const choices = judge(found, places, servers);
  return {
    preview: { candidates: choices.map(({ candidate }) => candidate), looked_at: looked },
    choose: (ids) => [...new Set(ids)].map((id) => chosen(choices, id)),
  };
}

/** The change that adds the chosen entries. What needs a confirmation is not used until a person gives it in Holdfast. */
export function planImport(file: ParsedFile, choices: readonly Choice[], configured: ConfiguredServers): Change {
  let text = file.text;
  const values = new Map<string, StoredValues | null>();
  const trust = new Map<string, readonly string[]>();
  const confirmed = new Map<string, ConfirmedParts>();
  const says = new Map<string, ServerChange>();
  for (const { candidate, entry } of choices) {
    const parsed = parseFile(text, FILE_NAME);
    if (!parsed.ok) throw new Error('an edit has broken servers.json');
    const input = { name: candidate.name, ...entry.input };
    const change = planSave(parsed.file, input, { confirmed: false, incomplete: true }, configured);
    text = change.text ?? text;
    for (const [server, stored] of change.values ?? []) values.set(server, stored);
    for (const [server, fingerprints] of change.trust ?? []) trust.set(server, fingerprints);
    for (const [server, parts] of change.confirmed ?? []) confirmed.set(server, parts);
  }
  return { text, values, trust, confirmed, says };
}

function textOf(file: string): { text: string | null; problem: string } {
  try {
    if (statSync(file).size > LARGEST) return { text: null, problem: said('said.import.too_large', { file }) };
    return { text: decodeText(readFileSync(file)), problem: '' };
  } catch (error) {
    if (error instanceof HoldfastError) return { text: null, problem: `${file}: ${error.message}` };
    const { code = '' } = error as NodeJS.ErrnoException;
    const isMissing = ['ENOENT', 'ENOTDIR'].includes(code);
    return { text: null, problem: isMissing ? '' : said('said.import.unreadable', { file, code }) };
  }
}

function judge(found: readonly FoundEntry[], places: ImportPlaces, servers: KnownServers): Choice[] {
  const known = servers.all().map(({ entry }): Known => {
    const { values } = servers.kept(entry.name);
    const { command, args, cwd, url, env, headers, sse, oauth } = entry.form;
    const key = keyOf({
      command,
      args,
      cwd,
      url,
      env: { ...env, ...values.env },
      headers: { ...headers, ...values.headers },
      sse,
      client: [oauth?.clientId, values.oauth.clientSecret ?? oauth?.clientSecret],
    });
    return { name: entry.name, key };
  });
  const taken = new Set(known.map(({ name }) => name));
  return found.map((entry) => {
    const { input, source, impossible } = entry;
    const { client_id, client_secret } = input.oauth ?? {};
    const key = keyOf({ ...NOTHING, ...input, client: [client_id, client_secret] });
    const twin = known.find((it) => it.key === key);
    const name = twin?.name ?? proposeName(entry.name, taken, source);
    const say = (verdict: ImportCandidate['verdict'], ...remarks: string[]): Choice => ({
      candidate: candidateOf(entry, name, verdict, [...remarks, entry.remark].filter(Boolean).join(' ')),
      entry,
    });
    if (isHoldfast(entry, places)) return say('holdfast', said('said.import.holdfast'));
    if (impossible !== null) return say('not_possible', impossible);
    if (twin) return say('same', said('said.import.same', { name: twin.name }));
    known.push({ name, key });
    taken.add(name);
    if (name === entry.name) return say('new');
    return say('renamed', whyUnfit(entry.name) ?? said('said.import.taken_name'));
  });
}

const NOTHING = { command: null, args: [], cwd: null, url: null, env: {}, headers: {} };

/** Equal for two servers whose processes or connections would be made from the same things. */
function keyOf(it: {
  command?: unknown;
  args?: unknown;
  cwd?: unknown;
  url?: unknown;
  env?: object;
  headers?: object;
  sse?: boolean;
  /** Id and secret of the client that it logs in as. */
  client?: readonly (string | null | undefined)[];
}): string {
  const sorted = (values: object = {}) => Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
  const { command, args, cwd, url, env, headers, sse = false, client = [] } = it;
  return JSON.stringify([command, args, cwd, url, sorted(env), sorted(headers), sse, client]);
}

/** Whether an entry leads to this Holdfast, directly or through the bridge: imported, Holdfast would call itself. */
function isHoldfast({ input, name }: FoundEntry, places: ImportPlaces): boolean {
  const { url, command, args = [] } = input;
  const addresses = [url, ...args].filter((it): it is string => it !== undefined && URL.canParse(it));
  if (addresses.some((it) => places.isOwn(new URL(it)))) return true;
  const names = [name, command ?? '', ...args].some((it) => /\bholdfast\b/i.test(it));
  return names && args.includes('bridge');
}

function candidateOf(
  entry: FoundEntry,
  name: string,
  verdict: ImportCandidate['verdict'],
  remark: string,
): ImportCandidate {
  const { source, file, input } = entry;
  const { command = null, args = [], url = null, env = {}, headers = {} } = input;
  const id = createHash('sha256').update(JSON.stringify([source, file, entry.name, command, args, input.cwd, url]));
  return {
    id: id.digest('hex').slice(0, 24),
    source,
    file,
    name,
    original_name: entry.name,
    transport: url === null ? 'stdio' : 'http',
    command,
    args: [...args],
    url,
    env_names: Object.keys(env),
    header_names: Object.keys(headers),
    older_transport: input.sse === true,
    verdict,
    remark,
  };
}

function chosen(choices: readonly Choice[], id: string): Choice {
  const choice = choices.find(({ candidate }) => candidate.id === id);
  if (!choice) {
    throw new HoldfastError('invalid_input', said('said.import.changed'));
  }
  const { candidate } = choice;
  if (candidate.verdict === 'new' || candidate.verdict === 'renamed') return choice;
  const program = PROGRAM_NAMES[candidate.source];
  throw new HoldfastError(
    'invalid_input',
    `${said('said.import.refused', { name: candidate.original_name, program })} ${candidate.remark}`,
  );
}
