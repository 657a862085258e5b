import { HIDDEN, isSecretValue } from '../../../shared/model/secret-values';
import type { Secrets } from '../../platform/ports';
import { SHORTEST_WORD, secretsPattern } from '../../platform/secret-shapes';
import type { KnownMask } from './mask-text';
import { isSecretName } from './secret-names';

/** Shorter parts of an address are names such as `notifications`. */
const LONG_SEGMENT = 16;
/** Values that were used before: a token that was renewed may still stand in an answer. */
const MOST_FORMER = 500;

/** A server as it is configured. */
interface InUse {
  readonly config: { readonly target: TargetInUse } | null;
}

/** What a server is started with or sent, with its secrets. */
interface TargetInUse {
  readonly env?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly login?: object;
  readonly url?: string;
  readonly args?: readonly string[];
}

/**
 * The secrets that Holdfast itself holds: values of servers from their settings and from the environment, the tokens of
 * logins, headers of telemetry and what {@link also} adds, earlier values too. They are known by passing through here
 * on their way to where they are kept.
 */
export class KnownSecrets {
  /** By the name under which they are kept. */
  private readonly kept = new Map<string, readonly string[]>();
  private readonly former = new Set<string>();
  private readonly formerValues = new Set<string>();
  private readonly inUse: () => readonly InUse[];
  private readonly valuesNow: () => readonly string[];
  private readonly sources: (() => readonly string[])[] = [];
  private used: readonly InUse[] = [];
  private others: readonly string[] = [];
  private values: readonly string[] = [];
  /** Made when they are needed. */
  private secretsPattern: RegExp | null | undefined;
  private allPattern: RegExp | null | undefined;
  private isStale = true;

  /**
   * @param inUse - the servers as they are configured now; the same list as long as nothing changed
   * @param values - everything of servers that is hidden from others, many of them words that stand in any text
   */
  constructor(inUse: () => readonly InUse[], values: () => readonly string[] = () => []) {
    this.inUse = inUse;
    this.valuesNow = values;
  }

  /** Adds secrets that are kept elsewhere. `source` is asked for them often. */
  also(source: () => readonly string[]): void {
    this.sources.push(source);
  }

  /** A port that lets everything through and notes it. */
  watching(secrets: Secrets): Secrets {
    const note = (name: string, value: Uint8Array | null) => {
      if (value !== null && name.endsWith('.json')) this.note(name, value);
      return value;
    };
    return {
      read: async (name) => note(name, await secrets.read(name)),
      write: async (name, value) => {
        note(name, value);
        await secrets.write(name, value);
      },
      get inKeychain() {
        return secrets.inKeychain;
      },
      get protection() {
        return secrets.protection;
      },
      get problem() {
        return secrets.problem;
      },
      onReadable: (listener) => secrets.onReadable(listener),
    };
  }

  /** Hides them wherever they stand: as they are, in addresses, in JSON and in base64. */
  readonly mask: KnownMask = (text) => {
    this.look();
    if (this.secretsPattern === undefined) this.secretsPattern = secretsPattern([...this.now(), ...this.former]);
    return without(text, this.secretsPattern);
  };

  /** For what leaves the machine: hides all values of servers as well, but for those that are too short. */
  readonly maskAll: KnownMask = (text) => {
    this.look();
    if (this.allPattern === undefined) {
      this.allPattern = secretsPattern([...this.now(), ...this.values, ...this.former, ...this.formerValues]);
    }
    return without(text, this.allPattern);
  };

  /** Takes note of what is in use now, so that it is still known when it is not any more. Cheap when nothing changed. */
  look(): void {
    const inUse = this.inUse();
    const others = this.sources.flatMap((source) => source());
    const isSame = others.length === this.others.length && others.every((one, index) => one === this.others[index]);
    if (!this.isStale && inUse === this.used && isSame) return;
    this.isStale = false;
    // Processes may still run with their earlier settings.
    if (inUse !== this.used) remember(this.former, this.used.flatMap(valuesOf));
    if (!isSame) remember(this.former, this.others);
    remember(this.formerValues, this.values);
    this.used = inUse;
    this.others = others;
    this.values = this.valuesNow();
    this.secretsPattern = undefined;
    this.allPattern = undefined;
  }

  private now(): string[] {
    return [...[...this.kept.values()].flat(), ...this.used.flatMap(valuesOf), ...this.others];
  }

  private note(name: string, bytes: Uint8Array): void {
    remember(this.former, this.kept.get(name) ?? []);
    try {
      this.kept.set(name, keptIn(name, JSON.parse(Buffer.from(bytes).toString('utf8'))));
    } catch {
      this.kept.delete(name);
    }
    this.isStale = true;
  }
}

/** Of logins, the texts under the names of secrets; of everything else that is kept, all. */
function keptIn(name: string, value: unknown): string[] {
  if (name.startsWith('logins')) return leaves(value, false);
  const all = leaves(value, true);
  // Whatever was given as a value of a server looked like a secret; a header of telemetry may be a word.
  return name.startsWith('server-values') ? all : all.filter((text) => text.length >= SHORTEST_WORD);
}

/** What may be a secret in an address that nobody else is to know: all of it, its path, and long parts of that. */
export function partsOfAddress(address: string | null): string[] {
  if (address === null || !URL.canParse(address)) return [];
  const { href, pathname, search, searchParams } = new URL(address);
  const parts = [pathname, pathname + search, ...searchParams.values()];
  const segments = pathname.split('/').filter((segment) => segment.length >= LONG_SEGMENT);
  return [address, href, ...parts.filter((part) => part.length >= SHORTEST_WORD), ...segments];
}

function remember(former: Set<string>, values: readonly string[]): void {
  for (const value of values) {
    former.delete(value);
    former.add(value);
  }
  for (const value of former) {
    if (former.size <= MOST_FORMER) break;
    former.delete(value);
  }
}

const without = (text: string, pattern: RegExp | null): string =>
  pattern === null ? text : text.replace(pattern, HIDDEN);

function valuesOf({ config }: InUse): string[] {
  const { env = {}, headers = {}, login = {}, url, args = [] }: TargetInUse = config?.target ?? {};
  const named = [...Object.entries(env), ...Object.entries(headers)];
  const secret = named.filter(([name, value]) => isSecretValue(name, value) || isSecretName(name));
  return [
    ...secret.map(([, value]) => value),
    ...(url === undefined ? [] : secretsInUrl(url, true)),
    ...leaves(login, false),
    ...args.flatMap(secretsInArg),
    ...[...Object.values(env), ...args].flatMap((value) => secretsInUrl(value, false)),
  ];
}

/** What is secret of an argument: it looks so, or it stands behind the name of a secret, as in `--api-key X` and `--api-key=X`. */
function secretsInArg(arg: string, index: number, args: readonly string[]): string[] {
  const [, name, value] = /^-{0,2}([\w.-]+)=(.+)$/s.exec(arg) ?? [];
  const before = /^--?([\w-]+)$/.exec(args[index - 1] ?? '')?.[1];
  return [
    ...(isSecretValue('', arg) ? [arg] : []),
    ...(name !== undefined && value !== undefined && isSecretName(name) ? [value] : []),
    ...(before !== undefined && !arg.startsWith('-') && isSecretName(before) ? [arg] : []),
  ];
}

/**
 * What is secret of an address: who logs in with it, and values of its query under the names of secrets.
 *
 * @param isOwn - the address of a server itself, where long parts of the path are often keys
 */
function secretsInUrl(text: string, isOwn: boolean): string[] {
  if (!text.includes('://') || !URL.canParse(text)) return [];
  const { username, password, pathname, searchParams } = new URL(text);
  const query = [...searchParams].filter(([name, value]) => isSecretValue(name, value) || isSecretName(name));
  const segments = isOwn ? pathname.split('/').filter((segment) => segment.length >= LONG_SEGMENT) : [];
  // A name with a password beside it is none; alone, it is often a token.
  const login = password === '' ? [username] : [password];
  return [...[...login, ...segments].flatMap((one) => [one, unescaped(one)]), ...query.map(([, value]) => value)];
}

/** What stands in an address, without its escapes. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The texts in a value; without `all`, only those under the name of a secret. */
function leaves(value: unknown, all: boolean): string[] {
  if (typeof value === 'string') return all ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, one]) => leaves(one, all || isSecretName(name)));
}
