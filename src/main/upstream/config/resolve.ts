import { isAbsolute } from 'node:path';
import { said } from '../../../shared/messages/said';
import { MINUTE, SECOND } from '../../../shared/model/units';
import type { HttpTarget, ServerConfig, StdioTarget } from '../upstream-ports';
import type { EntryForm } from './file/entry';
import type { Entry, Problem } from './file/file-text';
import {
  commandFingerprint,
  confirmedParts,
  needsConfirmation,
  shownVariables,
  targetFingerprint,
} from './fingerprint';
import { Lookup } from './lookup';
import { loginSettings } from './resolve-login';
import type { StoredValues } from './server-values';
import type { ConfirmedParts } from './trust';

/** An entry of the file with everything known about it. Its `config` holds secrets; the rest may be shown. */
export interface ConfiguredServer {
  readonly entry: Entry;
  readonly problems: readonly Problem[];
  /** Null when the entry is broken. */
  readonly config: ServerConfig | null;
  /** Identifies what a person confirms. */
  readonly commandFingerprint: string;
  readonly trusted: boolean;
  /** The values of variables that may be shown: all but secrets. */
  readonly shownEnv: Readonly<Record<string, string>>;
  /** What differs from the version that was last confirmed, by name. */
  readonly changed: readonly string[];
}

export interface ResolveDeps {
  readonly environment: NodeJS.ProcessEnv;
  valuesOf(server: string): StoredValues;
  /** Whether a stored value may be missing only because it cannot be read now. */
  isLocked(): boolean;
  isTrusted(server: string, fingerprint: string): boolean;
  changedSince(server: string, parts: ConfirmedParts): readonly string[];
  /** Whether this is Holdfast's own address: with a server there, Holdfast would call itself forever. */
  isOwn(url: URL): boolean;
  /** The text of a file with a private key. @throws HoldfastError `invalid_input` that says what is wrong with the file */
  readKey(path: string): string;
}

/** Looks up everything an entry refers to. Never throws: if something is missing, the entry is broken. */
export function resolveEntry(entry: Entry, deps: ResolveDeps): ConfiguredServer {
  const { name, form } = entry;
  const stored = deps.valuesOf(name);
  const fingerprint = commandFingerprint(form, stored);
  const trusted = !needsConfirmation(form) || deps.isTrusted(name, fingerprint);
  const shared = {
    entry,
    commandFingerprint: fingerprint,
    trusted,
    shownEnv: shownVariables(form, stored),
    changed: trusted ? [] : deps.changedSince(name, confirmedParts(form, stored)),
  };
  if (entry.problems.length > 0) return { ...shared, problems: entry.problems, config: null };
  const lookup = new Lookup(entry, stored, deps.environment, deps.isLocked());
  const target = form.url === null ? stdioTarget(form, lookup) : httpTarget(form, form.url, lookup, deps);
  if (lookup.problems.length > 0) return { ...shared, problems: lookup.problems, config: null };
  const config: ServerConfig = {
    name,
    policy: form.policy,
    enabled: !form.disabled,
    idleStop: form.idleStopMinutes * MINUTE,
    startLimit: form.startSeconds * SECOND,
    tellsLostState: form.tellLostState,
    longCalls: form.longCalls,
    target,
    fingerprint: targetFingerprint(target),
    trusted,
  };
  return { ...shared, problems: [], config };
}

function stdioTarget(form: EntryForm, lookup: Lookup): StdioTarget {
  const { command, args, cwd, env } = form;
  const folder = cwd === null ? null : lookup.text(cwd, ['cwd']);
  if (folder !== null && !isAbsolute(folder)) {
    lookup.wrong(['cwd'], said('said.target.cwd'));
  }
  return {
    kind: 'stdio',
    command: lookup.text(command ?? '', ['command']),
    args: args.map((arg, index) => lookup.text(arg, ['args', index])),
    cwd: folder,
    env: lookup.values('env', env),
  };
}

function httpTarget(form: EntryForm, address: string, lookup: Lookup, deps: ResolveDeps): HttpTarget {
  const url = lookup.text(address, ['url']);
  checkAddress(url, lookup, deps);
  const headers = lookup.values('headers', form.headers);
  for (const [name, value] of Object.entries(headers)) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      lookup.wrong(['headers', name], said('said.value.header', { name }));
    }
  }
  return {
    kind: 'http',
    url,
    headers,
    ...(form.sse ? { sse: true } : {}),
    ...(form.oauth === null ? {} : { login: loginSettings(form.oauth, lookup, deps.readKey) }),
  };
}

function checkAddress(text: string, lookup: Lookup, deps: ResolveDeps): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    lookup.wrong(['url'], said('said.target.url'));
  } else if (url.username || url.password) {
    lookup.wrong(['url'], said('said.target.password'));
  } else if (deps.isOwn(url)) {
    lookup.wrong(['url'], said('said.target.own'));
  }
}
