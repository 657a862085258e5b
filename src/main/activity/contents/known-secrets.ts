import { HIDDEN, isSecretValue } from '../../../shared/model/secret-values';
import type { Secrets } from '../../platform/ports';
import type { KnownMask } from './mask-text';
import { isSecretName } from './secret-names';

/** Shorter values stand in too many words. */
const SHORTEST = 4;
/** Shorter parts of a path are names. */
const LONG_SEGMENT = 16;
/** What stands before a token in a header. */
const SCHEME = /^(?:bearer|basic|token|digest|apikey)\s+(.+)$/i;
/** Most values that are looked for, longest first. */
const MOST = 5_000;
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
 * The secrets that Holdfast itself holds: values of servers from their settings and from the environment, and the tokens of
 * logins, those of before included. They are known by passing through here on their way to where they are kept.
 */
export class KnownSecrets {
  /** By the name under which they are kept. */
  private readonly kept = new Map<string, readonly string[]>();
  private readonly former = new Set<string>();
  private readonly inUse: () => readonly InUse[];
  private used: readonly InUse[] = [];
  private pattern: RegExp | null = null;
  private isStale = true;

  /** @param inUse - the servers as they are configured now; the same list as long as nothing changed */
  constructor(inUse: () => readonly InUse[]) {
    this.inUse = inUse;
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
    const pattern = this.current();
    return pattern === null ? text : text.replace(pattern, HIDDEN);
  };

  private note(name: string, bytes: Uint8Array): void {
    this.keepFormer(this.kept.get(name) ?? []);
    try {
      // Of the values of servers, all are secrets; of logins, those under the names of secrets.
      this.kept.set(name, leaves(JSON.parse(Buffer.from(bytes).toString('utf8')), name.startsWith('server-values')));
    } catch {
      this.kept.delete(name);
    }
    this.isStale = true;
  }

  private current(): RegExp | null {
    const inUse = this.inUse();
    if (!this.isStale && inUse === this.used) return this.pattern;
    this.isStale = false;
    // Processes may still run with the settings of before.
    if (inUse !== this.used) this.keepFormer(this.used.flatMap(valuesOf));
    this.used = inUse;
    this.pattern = patternOf([...[...this.kept.values()].flat(), ...this.former, ...inUse.flatMap(valuesOf)]);
    return this.pattern;
  }

  private keepFormer(values: readonly string[]): void {
    for (const value of values) {
      this.former.delete(value);
      this.former.add(value);
    }
    for (const value of this.former) {
      if (this.former.size <= MOST_FORMER) break;
      this.former.delete(value);
    }
  }
}

function patternOf(values: readonly string[]): RegExp | null {
  const pieces = values.flatMap((value) => [
    value,
    ...(SCHEME.exec(value)?.slice(1) ?? []),
    ...value.split(/[\s;,]+/).filter((piece) => piece.length >= 8),
  ]);
  const shapes = pieces.filter((value) => value.length >= SHORTEST && !HIDDEN.includes(value)).flatMap(shapesOf);
  const all = [...new Set(shapes)].sort((a, b) => b.length - a.length).slice(0, MOST);
  if (all.length === 0) return null;
  return new RegExp(all.map((value) => value.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'g');
}

/** A value as it stands in texts, in addresses, in JSON and in base64. */
function shapesOf(value: string): string[] {
  const bytes = Buffer.from(value);
  // Half a character has no place in an address.
  const url = encodeURIComponent(bytes.toString());
  const json = JSON.stringify(value).slice(1, -1);
  return [value, url, url.replaceAll('%20', '+'), json, ...base64Of(bytes)];
}

/** In base64, what does not depend on what stands before and after it. */
function base64Of(bytes: Buffer): string[] {
  if (bytes.length < 8) return [];
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
    const inner = text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

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
