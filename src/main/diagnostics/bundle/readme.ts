import type { BundleFile, BundleFileKind, BundleScope } from '../../../shared/contract/bundle';

/** What each file is, in a line of English: for README.txt and the command line. */
export const FILE_WORDS: Readonly<Record<BundleFileKind, string>> = {
  readme: 'this list',
  diagnosis: 'versions, folders, checks, servers, crashes and the end of the log, as one text',
  settings: 'all settings, with where their values come from',
  servers_state: 'how each server is: state, processes, last errors, last lines of its error output',
  servers_shape: 'which fields servers.json has, without a single value',
  sessions: 'the sessions it is about, with client, folder and counts',
  timeline: 'what happened to them and to the servers, one event a line',
  activity: 'what was called, how long it took and how it ended, one message a line; no contents',
  log: "the end of Holdfast's log, one line a line",
  doctor: 'the last run of the checks',
};

export interface ReadmeFacts {
  readonly at: number;
  readonly version: string;
  readonly scope: BundleScope;
  /** Holdfast was not running. */
  readonly isOffline?: boolean;
  readonly files: readonly BundleFile[];
}

const time = (at: number): string => new Date(at).toISOString();

/** README.txt of a bundle. */
export function readmeText({ at, version, scope, isOffline = false, files }: ReadmeFacts): string {
  const { session_id, from, to } = scope;
  const about = [
    session_id === undefined ? 'all sessions' : `the session ${session_id}`,
    ...(from === undefined ? [] : [`from ${time(from)}`]),
    ...(to === undefined ? [] : [`until ${time(to)}`]),
  ].join(', ');
  return `${[
    'Diagnosis of Holdfast',
    '',
    `Made ${time(at)} by Holdfast ${version}, about ${about}.`,
    ...(isOffline ? ['Holdfast was not running, so this is what its data folder says.'] : []),
    'Holdfast sent it nowhere. It is meant for a bug report; look through it before you attach it.',
    '',
    ...files.map(({ name, kind, bytes, is_cut }) => lineOf(name, kind, bytes, is_cut)),
    '',
    'Left out or replaced by •••: keys, tokens, passwords and what looks like them; values of environment variables and headers of',
    'servers, and secrets among their arguments, wherever they appear; commands, arguments and addresses of servers; contents of calls.',
    'The home folder is ~.',
    'Still in it: names of servers, tools, clients and sessions, folders below the home folder, and texts of errors.',
  ].join('\n')}\n`;
}

const lineOf = (name: string, kind: BundleFileKind, bytes: number, isCut: boolean): string =>
  `${name.padEnd(22)}${String(bytes).padStart(9)} bytes  ${FILE_WORDS[kind]}${isCut ? ' (older ones left out)' : ''}`;
