import { isAbsolute } from 'node:path';
import { MINUTE, SECOND } from '../../../shared/model/units';
import type { HttpTarget, ServerConfig, StdioTarget } from '../upstream-ports';
import { SECRET_MARK } from './file/entry';
import { expand } from './file/expand';
import type { Entry, Problem } from './file/file-text';
import {
  commandFingerprint,
  confirmedParts,
  needsConfirmation,
  shownVariables,
  targetFingerprint,
} from './fingerprint';
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
  const lookup = new Lookup(entry, deps);
  const target = form.url === null ? lookup.stdio() : lookup.http(form.url);
  if (lookup.problems.length > 0) return { ...shared, problems: lookup.problems, config: null };
  const config: ServerConfig = {
    name,
    policy: form.policy,
    enabled: !form.disabled,
    idleStop: form.idleStopMinutes * MINUTE,
    startLimit: form.startSeconds * SECOND,
    tellsLostState: form.tellLostState,
    target,
    fingerprint: targetFingerprint(target),
    trusted,
  };
  return { ...shared, problems: [], config };
}

class Lookup {
  readonly problems: Problem[] = [];
  private readonly entry: Entry;
  private readonly deps: ResolveDeps;

  constructor(entry: Entry, deps: ResolveDeps) {
    this.entry = entry;
    this.deps = deps;
  }

  stdio(): StdioTarget {
    const { command, args, cwd, env } = this.entry.form;
    const folder = cwd === null ? null : this.text(cwd, ['cwd']);
    if (folder !== null && !isAbsolute(folder)) {
      this.wrong(['cwd'], `"cwd" must be a whole path. Start it at the root; for your home folder write \${userHome}.`);
    }
    return {
      kind: 'stdio',
      command: this.text(command ?? '', ['command']),
      args: args.map((arg, index) => this.text(arg, ['args', index])),
      cwd: folder,
      env: this.values('env', env),
    };
  }

  http(address: string): HttpTarget {
    const url = this.text(address, ['url']);
    this.checkAddress(url);
    const headers = this.values('headers', this.entry.form.headers);
    for (const [name, value] of Object.entries(headers)) {
      if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
        this.wrong(
          ['headers', name],
          `the value of ${name} has a line break or another character that no header may have. Enter it again.`,
        );
      }
    }
    return { kind: 'http', url, headers };
  }

  private checkAddress(text: string): void {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url || !['http:', 'https:'].includes(url.protocol)) {
      this.wrong(['url'], '"url" must be a whole address. Start it with http:// or https://.');
    } else if (url.username || url.password) {
      this.wrong(['url'], '"url" holds a user name or password. Put it into "headers" as "Authorization".');
    } else if (this.deps.isOwn(url)) {
      this.wrong(['url'], 'this is the address of Holdfast itself. Write the address of the real server.');
    }
  }

  private values(field: 'env' | 'headers', given: Readonly<Record<string, string>>): Record<string, string> {
    const stored = this.deps.valuesOf(this.entry.name)[field];
    return Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, this.value(field, name, value, stored)]),
    );
  }

  private value(field: 'env' | 'headers', name: string, value: string, stored: Record<string, string>): string {
    if (value !== SECRET_MARK) return this.text(value, [field, name]);
    const secret = Object.hasOwn(stored, name) ? stored[name] : undefined;
    if (secret === undefined) {
      this.wrong(
        [field, name],
        this.deps.isLocked()
          ? `the stored value of ${name} cannot be read now. The Servers view and holdfast doctor say why.`
          : `no value is stored for ${name}. Enter it in the Servers view, or write it here.`,
      );
      return '';
    }
    const { text, problem } = expand(secret, this.deps.environment);
    // `problem` quotes the text, which is a secret here, so it is not repeated.
    if (problem) {
      this.wrong(
        [field, name],
        `the stored value of ${name} refers to a variable that is not set. Enter it again; a plain "\${" is written "$\${".`,
      );
    }
    return this.plain(text, [field, name]);
  }

  private text(value: string, path: readonly (string | number)[]): string {
    const { text, problem } = expand(value, this.deps.environment);
    if (problem) this.wrong(path, problem);
    return this.plain(text, path);
  }

  private plain(text: string, path: readonly (string | number)[]): string {
    if (text.includes('\0')) this.wrong(path, 'it holds a NUL character, which no system passes on. Remove it.');
    return text;
  }

  private wrong(path: readonly (string | number)[], sentence: string): void {
    this.problems.push({ line: this.entry.lineAt(path), sentence });
  }
}
