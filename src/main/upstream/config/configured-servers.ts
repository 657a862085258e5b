import type { Logger } from 'pino';
import type { EventOf, NewEvent } from '../../../shared/contract/event';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import type { Clock } from '../../platform/ports';
import type { ServerConfig, ServerConfigs } from '../upstream-ports';
import { orEmptyFile } from './file/edit-text';
import { type Entry, type Parsed, type ParsedFile, parseFile } from './file/file-text';
import { FILE_NAME, type ServersFile } from './file/servers-file';
import { readKeyFile } from './login-key';
import { type ConfiguredServer, type ResolveDeps, resolveEntry } from './resolve';
import type { ServerValues, StoredValues } from './server-values';
import type { ConfirmedParts, TrustedCommands } from './trust';

/** Attempts at one change while another program keeps writing the file. */
const MAX_ATTEMPTS = 20;

export type ServerChange = EventOf<'server_configured'>['payload']['change'];

/** What a change does. Planned from the current file, so that nobody's edit is lost. */
export interface Change {
  /** The new text of the file; unchanged when left out. */
  readonly text?: string;
  /** Secret values to store, by server; null removes a server's values. */
  readonly values?: ReadonlyMap<string, StoredValues | null>;
  /** Fingerprints of confirmed commands, by server. */
  readonly trust?: ReadonlyMap<string, readonly string[]>;
  /** The parts of what is confirmed by this change, by server. */
  readonly confirmed?: ReadonlyMap<string, ConfirmedParts>;
  /** What the event log is to say about a server, where comparing the file's versions does not show it. */
  readonly says?: ReadonlyMap<string, ServerChange>;
}

export interface ConfiguredServersDeps {
  readonly file: ServersFile;
  readonly values: ServerValues;
  readonly trust: TrustedCommands;
  readonly clock: Clock;
  readonly log: Logger;
  readonly environment: NodeJS.ProcessEnv;
  isOwn(url: URL): boolean;
  /** Commits what `work` writes together with the events it returns, then publishes them. */
  record(work: () => NewEvent[]): void;
}

/** The servers in servers.json, kept in step with the file. Holdfast changes the file only here, one change at a time. */
export class ConfiguredServers implements ServerConfigs {
  private readonly deps: ConfiguredServersDeps;
  private readonly listeners = new Set<() => void>();
  private readonly resolving: ResolveDeps;
  private readonly endWatch: () => void;
  private parsed: Parsed | null = null;
  /** The latest version that could be read as a whole; it stays in force while the file is broken. */
  private good: ParsedFile = { text: '', entries: [] };
  /** The problem with the file as a whole, as last recorded. */
  private recordedProblem: string | null;
  private servers: readonly ConfiguredServer[] = [];
  private queue: Promise<unknown> = Promise.resolve();

  constructor(deps: ConfiguredServersDeps) {
    this.deps = deps;
    this.resolving = {
      environment: deps.environment,
      valuesOf: (server) => deps.values.of(server),
      isLocked: () => deps.values.isLocked,
      isTrusted: (server, fingerprint) => deps.trust.has(server, fingerprint),
      changedSince: (server, parts) => deps.trust.changedSince(server, parts),
      isOwn: (url) => deps.isOwn(url),
      readKey: readKeyFile,
    };
    this.take();
    this.recordedProblem = this.problem;
    this.endWatch = deps.file.watch(() => this.reload());
  }

  /** Path of servers.json. */
  get path(): string {
    return this.deps.file.path;
  }

  /** Problems with the file as a whole. While there are any, the last good version stays in force. */
  get problems(): readonly string[] {
    return this.problem === null ? [] : [this.problem];
  }

  private get problem(): string | null {
    return this.parsed && !this.parsed.ok ? this.parsed.problem : null;
  }

  list(): readonly ServerConfig[] {
    return this.servers.flatMap(({ config }) => config ?? []);
  }

  /** All entries, including broken ones, in file order. */
  all(): readonly ConfiguredServer[] {
    return this.servers;
  }

  /** @throws HoldfastError `server_not_found` */
  get(name: string): ConfiguredServer {
    const found = this.servers.find(({ entry }) => entry.name === name);
    if (!found) throw new HoldfastError('server_not_found');
    return found;
  }

  /** The secret values and confirmed commands of a server, which are kept outside the file. */
  kept(name: string): { values: StoredValues; trust: readonly string[] } {
    return { values: this.deps.values.of(name), trust: this.deps.trust.of(name) };
  }

  /** How an entry of `text` would resolve with these stored values; null if it cannot be found. Changes nothing. */
  preview(text: string, name: string, values: StoredValues): ConfiguredServer | null {
    const parsed = parseFile(text, FILE_NAME);
    const entry = parsed.ok ? parsed.file.entries.find((it) => it.name === name) : undefined;
    return entry ? resolveEntry(entry, { ...this.resolving, valuesOf: () => values }) : null;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * Makes a change. `plan` gets the current file, and is called again if somebody wrote to it in the meantime. If `plan`
   * throws, nothing changes and the error is passed on.
   * @throws HoldfastError `invalid_input` if the file cannot be understood, since it is never overwritten then;
   *   `server_changed` if another program keeps writing it; `storage_unavailable` if it cannot be written
   */
  change(plan: (file: ParsedFile) => Change): Promise<void> {
    const done = this.queue.then(() => this.make(plan));
    this.queue = done.catch(() => {});
    return done;
  }

  /** Forgets the values of servers that were removed from the file while Holdfast was not running. */
  async forgetRemoved(): Promise<void> {
    if (this.parsed?.ok && this.good.text !== '') {
      await this.deps.values.keepOnly(new Set(this.good.entries.map(({ name }) => name)));
    }
  }

  /** Takes stored values that could not be read before. Servers that waited for them can start then. */
  async takeValues(): Promise<void> {
    await this.deps.values.reload();
    this.take();
    for (const listener of this.listeners) this.notify(listener);
  }

  close(): void {
    this.endWatch();
    this.listeners.clear();
  }

  private async make(plan: (file: ParsedFile) => Change): Promise<void> {
    const { values } = this.deps;
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const before = this.readForChange();
      const change = plan(before.file);
      const { text = before.file.text, values: changed = new Map<string, StoredValues | null>() } = change;
      // Add the new values, write the file, then drop the old values: after a crash at any point, the file still finds
      // every value it refers to.
      const old = new Map([...changed.keys()].map((server) => [server, values.of(server)]));
      await values.put(new Map([...changed].map(([server, next]) => [server, bothOf(values.of(server), next)])));
      let isWritten = false;
      try {
        isWritten = text === before.file.text || this.write(text, before.onDisk);
      } finally {
        await values.put(isWritten ? changed : old);
      }
      if (isWritten) {
        this.take();
        this.announce(before.known, change);
        return;
      }
    }
    throw new HoldfastError('server_changed', said('said.file.busy'));
  }

  private write(text: string, expected: string | null): boolean {
    try {
      return this.deps.file.write(text, expected);
    } catch (error) {
      const { code = 'error' } = error as NodeJS.ErrnoException;
      const message = said('said.file.not_written', { code });
      throw new HoldfastError('storage_unavailable', message, { cause: error });
    }
  }

  /** The file as it is on disk right now. Changes made by others are announced before our own. */
  private readForChange(): { file: ParsedFile; onDisk: string | null; known: readonly Entry[] } {
    this.reload();
    const onDisk = this.readOrRefuse();
    const parsed = parseFile(orEmptyFile(onDisk), FILE_NAME);
    if (!parsed.ok) throw untouched(parsed.problem);
    return { file: parsed.file, onDisk, known: this.good.entries };
  }

  private readOrRefuse(): string | null {
    try {
      return this.deps.file.read();
    } catch (error) {
      throw untouched(whyUnreadable(error));
    }
  }

  /** Rereads the file after it may have changed, and announces what did. */
  private reload(): void {
    const before = this.good.entries;
    if (!this.take()) return;
    try {
      this.announce(before, {});
    } catch (error) {
      this.deps.log.warn({ err: error }, 'a change of servers.json could not be written into the event log');
    }
  }

  /** Reads the file. @returns whether anything is different */
  private take(): boolean {
    const parsed = this.read();
    const isNew = JSON.stringify(textOf(parsed)) !== JSON.stringify(this.parsed && textOf(this.parsed));
    if (isNew && !parsed.ok) this.deps.log.warn({ problem: parsed.problem }, 'servers.json cannot be used');
    this.parsed = parsed;
    if (parsed.ok) this.good = parsed.file;
    this.servers = this.good.entries.map((entry) => resolveEntry(entry, this.resolving));
    return isNew;
  }

  private read(): Parsed {
    const { file } = this.deps;
    try {
      const text = file.read();
      return text === null ? { ok: true, file: { text: '', entries: [] } } : parseFile(text, FILE_NAME);
    } catch (error) {
      return { ok: false, problem: whyUnreadable(error) };
    }
  }

  /** Records the differences in the event log, then notifies the listeners. */
  private announce(before: readonly Entry[], { trust, confirmed, says }: Change): void {
    const changes = new Map([...differences(before, this.good.entries), ...(says ?? [])]);
    const at = this.deps.clock.now();
    const { problem } = this;
    const payload = { usable: problem === null };
    const ofFile: NewEvent[] =
      problem === this.recordedProblem ? [] : [{ at, session_id: null, kind: 'servers_file_changed', payload }];
    try {
      this.deps.record(() => {
        this.deps.trust.set(trust ?? new Map(), confirmed ?? new Map());
        const ofServers = [...changes].map(([server, change]) => ({
          at,
          session_id: null,
          kind: 'server_configured' as const,
          payload: { server, change },
        }));
        return [...ofFile, ...ofServers];
      });
      this.recordedProblem = problem;
    } finally {
      // Confirmed commands may have changed, and with them which servers are trusted.
      this.deps.trust.reload();
      this.servers = this.good.entries.map((entry) => resolveEntry(entry, this.resolving));
      for (const listener of this.listeners) this.notify(listener);
    }
  }

  private notify(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.deps.log.error({ err: error }, 'a listener of the configuration of servers failed');
    }
  }
}

const untouched = (problem: string): HoldfastError =>
  new HoldfastError('invalid_input', `${problem} ${said('said.file.unchanged')}`);

function whyUnreadable(error: unknown): string {
  if (error instanceof HoldfastError) return `${FILE_NAME}:1: ${error.message}`;
  const { code } = error as NodeJS.ErrnoException;
  return `${FILE_NAME}:1: ${said('said.file.unreadable', { code: code ?? '' })}`;
}

const bothOf = (old: StoredValues, next: StoredValues | null): StoredValues => ({
  env: { ...old.env, ...next?.env },
  headers: { ...old.headers, ...next?.headers },
  oauth: { ...old.oauth, ...next?.oauth },
});

const textOf = (parsed: Parsed): string => (parsed.ok ? parsed.file.text : parsed.problem);

function differences(before: readonly Entry[], after: readonly Entry[]): Map<string, ServerChange> {
  const found = new Map<string, ServerChange>();
  const old = new Map(before.map((entry) => [entry.name, entry]));
  for (const { name, value } of after) {
    const known = old.get(name);
    if (!known) found.set(name, 'added');
    else if (JSON.stringify(known.value) !== JSON.stringify(value)) found.set(name, kindOf(known.value, value));
    old.delete(name);
  }
  for (const name of old.keys()) found.set(name, 'removed');
  return found;
}

function kindOf(before: unknown, after: unknown): ServerChange {
  const split = (value: unknown): { disabled?: unknown; rest: string } => {
    const { disabled, ...rest } = (value ?? {}) as Record<string, unknown>;
    return { disabled, rest: JSON.stringify(rest) };
  };
  const [old, now] = [split(before), split(after)];
  if (old.rest !== now.rest) return 'changed';
  return now.disabled === true ? 'disabled' : 'enabled';
}
