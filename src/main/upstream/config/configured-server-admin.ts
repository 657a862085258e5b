import type { LoginBegun } from '../../../shared/contract/login';
import type {
  ImportPreview,
  ImportSource,
  ListedTools,
  Server,
  ServerInput,
  Servers,
  ServerTest,
} from '../../../shared/contract/server';
import type { ToolChanges } from '../../../shared/contract/tool-change';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { KnownSecrets } from '../../activity/contents/known-secrets';
import type { ServerListRepository } from '../../mcp/stored-lists';
import { within } from '../../platform/deadline';
import type { Random, Secrets, Timers } from '../../platform/ports';
import type { Prepared } from '../../platform/prepared';
import { randomText } from '../../platform/random-text';
import { listedTools } from '../listed-tools';
import type { ToolMemory } from '../tools/tool-memory';
import type { ServerConfig } from '../upstream-ports';
import type { Change, ConfiguredServers } from './configured-servers';
import { insertEntry, removeEntry, setFields } from './file/edit-text';
import type { ParsedFile } from './file/file-text';
import { confirmedParts } from './fingerprint';
import type { ImportPlaces } from './import/places';
import type { ToolLimits } from './import/tool-limits';
import { entryOf, planSave } from './plan-save';
import type { SaveOptions, ServerAdmin } from './server-admin';
import type { ServerLogins } from './server-logins';
import type { ServerRuntime } from './server-runtime';
import type { StoredValues } from './server-values';
import { problemOf, savedBytes, viewOf } from './server-view';

/** Only the most recently removed servers can be restored. */
const MOST_REMOVED = 100;
/** How long a removal waits for an authorization server to revoke tokens. */
const LOG_OUT_LIMIT: Ms = 5 * SECOND;

interface Removed {
  readonly name: string;
  readonly text: string;
  readonly index: number;
  readonly values: StoredValues;
  readonly trust: readonly string[];
}

/** Which tools of a server the program shows that it comes from. */
interface TakenLimits {
  readonly source: ImportSource;
  readonly server: string;
  readonly limits: ToolLimits;
}

export interface ServerAdminDeps {
  readonly configured: ConfiguredServers;
  readonly runtime: ServerRuntime;
  readonly timers: Timers;
  readonly random: Random;
  readonly places: ImportPlaces;
  readonly logins: ServerLogins;
  readonly secrets: Pick<Secrets, 'inKeychain' | 'protection' | 'problem'>;
  readonly known: Pick<KnownSecrets, 'maskAll'>;
  readonly tools: Pick<ToolMemory, 'changes' | 'look' | 'accept' | 'rename'>;
  readonly lists: Pick<ServerListRepository, 'of' | 'ages'>;
  /** Called before a server is renamed: gives what else is kept under its name to the new one. */
  readonly onRename?: (from: string, to: string) => Prepared;
  /**
   * Called before servers are taken over from programs that show only some of their tools: puts that in force for all of
   * them, or throws and changes nothing.
   */
  readonly onLimits?: (taken: readonly TakenLimits[]) => Prepared;
}

/** Server administration on top of servers.json and the supervisor. */
export class ConfiguredServerAdmin implements ServerAdmin {
  private readonly deps: ServerAdminDeps;
  /** In memory on purpose: secrets of removed servers are gone when Holdfast exits. */
  private readonly removed = new Map<string, Removed>();

  constructor(deps: ServerAdminDeps) {
    this.deps = deps;
  }

  async list(): Promise<Servers> {
    const { configured, runtime, secrets } = this.deps;
    const states = await runtime.states(configured.all().map(({ entry }) => entry.name));
    const heardAt = this.heardAt();
    const servers = configured
      .all()
      .map((server) => viewOf(server, states.get(server.entry.name) ?? null, heardAt.get(server.entry.name)));
    return {
      servers,
      file: configured.path,
      problems: [...configured.problems],
      keeper: runtime.keeper && { ...runtime.keeper },
      secrets: { in_keychain: secrets.inKeychain, protection: secrets.protection, problem: secrets.problem },
      rss_saved_bytes: savedBytes(servers),
    };
  }

  async get(name: string): Promise<Server> {
    const server = this.deps.configured.get(name);
    const states = await this.deps.runtime.states([name]);
    return viewOf(server, states.get(name) ?? null, this.heardAt().get(name));
  }

  /** When each server listed what clients see of it while it does not run. */
  private heardAt(): ReadonlyMap<string, Ms> {
    return new Map(this.deps.lists.ages().map(({ server, heard_at }) => [server, heard_at]));
  }

  async save(input: ServerInput, options: SaveOptions): Promise<Server> {
    const { configured, logins } = this.deps;
    const { replaces = input.name } = options;
    if (replaces === input.name) await configured.change((file) => planSave(file, input, options, configured));
    else {
      await this.rename(replaces, input, options);
      await logins.rename(replaces, input.name);
    }
    return this.get(input.name);
  }

  /** What is hidden or held back is so under the new name before anybody can see that, and under the old one until it is gone. */
  private async rename(from: string, input: ServerInput, options: SaveOptions): Promise<void> {
    const { configured, tools, onRename } = this.deps;
    const plan = (file: ParsedFile, prepare: (one: Prepared) => void) => {
      const change = planSave(file, input, options, configured);
      prepare(tools.rename(from, input.name));
      if (onRename) prepare(onRename(from, input.name));
      return change;
    };
    await this.changePrepared(plan, () => !this.isThere(from));
  }

  /**
   * Makes a change of the file with others that hold before it does, and are taken back if it fails.
   * @param isMade - asked after an error: whether the file has changed all the same
   */
  private async changePrepared(
    plan: (file: ParsedFile, prepare: (one: Prepared) => void) => Change,
    isMade: () => boolean,
  ): Promise<void> {
    let prepared: Prepared[] = [];
    const settle = (how: keyof Prepared) => {
      const settled = prepared;
      prepared = [];
      for (const one of settled) one[how]();
    };
    try {
      await this.deps.configured.change((file) => {
        settle('undo');
        return plan(file, (one) => void prepared.push(one));
      });
    } catch (error) {
      settle(isMade() ? 'done' : 'undo');
      throw error;
    }
    settle('done');
  }

  private isThere(name: string): boolean {
    return this.deps.configured.all().some(({ entry }) => entry.name === name);
  }

  async setEnabled(name: string, enabled: boolean): Promise<Server> {
    await this.deps.configured.change((file) => {
      const { value } = entryOf(file, name);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        throw new HoldfastError('invalid_input', problemOf(this.deps.configured.get(name)) ?? undefined);
      }
      return { text: setFields(file.text, name, [[['disabled'], enabled ? undefined : true]]) };
    });
    return this.get(name);
  }

  async trust(name: string, fingerprint: string): Promise<Server> {
    const { configured } = this.deps;
    await configured.change((file) => {
      entryOf(file, name);
      const now = configured.get(name);
      if (now.commandFingerprint !== fingerprint) throw new HoldfastError('server_changed');
      if (now.trusted) return {};
      const { values, trust } = configured.kept(name);
      return {
        trust: new Map([[name, [...trust, fingerprint]]]),
        confirmed: new Map([[name, confirmedParts(now.entry.form, values)]]),
        says: new Map([[name, 'confirmed']]),
      };
    });
    return this.get(name);
  }

  async remove(name: string, { logOut } = { logOut: false }): Promise<{ undo_id: string }> {
    const { configured, random } = this.deps;
    if (logOut) await this.leave(name);
    let removed: Removed | null = null;
    await configured.change((file) => {
      const { text } = entryOf(file, name);
      removed = { name, text, index: file.entries.findIndex((entry) => entry.name === name), ...configured.kept(name) };
      return { text: removeEntry(file.text, name), values: new Map([[name, null]]), trust: new Map([[name, []]]) };
    });
    const undo_id = `u_${randomText(random, 8)}`;
    if (removed) this.removed.set(undo_id, removed);
    const [oldest] = this.removed.keys();
    if (this.removed.size > MOST_REMOVED && oldest !== undefined) this.removed.delete(oldest);
    return { undo_id };
  }

  async undoRemove(undoId: string, expected?: string): Promise<Server> {
    const removed = this.removed.get(undoId);
    if (!removed || (expected !== undefined && expected !== removed.name)) {
      throw new HoldfastError('not_found', said('said.save.gone'));
    }
    const { name, text, index, values, trust } = removed;
    await this.deps.configured.change((file) => {
      if (file.entries.some((entry) => entry.name === name)) throw new HoldfastError('server_exists');
      return {
        text: insertEntry(file.text, name, text, index),
        values: new Map([[name, values]]),
        trust: new Map([[name, trust]]),
        says: new Map([[name, 'restored']]),
      };
    });
    this.removed.delete(undoId);
    return this.get(name);
  }

  async test(name: string): Promise<ServerTest> {
    return this.deps.runtime.test(this.runnable(name));
  }

  async retry(name: string): Promise<Server> {
    this.checkEnabled(name);
    await this.deps.runtime.retry(name);
    return this.get(name);
  }

  async restart(name: string): Promise<Server> {
    this.checkEnabled(name);
    await this.deps.runtime.restart(name);
    return this.get(name);
  }

  async stop(name: string, instanceId?: string): Promise<Server> {
    this.checkEnabled(name);
    await this.deps.runtime.stopServer(name, instanceId);
    return this.get(name);
  }

  async tools(name: string): Promise<ListedTools> {
    const { configured, lists } = this.deps;
    return listedTools(lists.of(name), configured.get(name).config !== null);
  }

  async changes(name: string): Promise<ToolChanges> {
    this.deps.configured.get(name);
    return this.deps.tools.changes(name);
  }

  async lookAtChanges(name: string): Promise<Server> {
    this.deps.configured.get(name);
    this.deps.tools.look(name);
    return this.get(name);
  }

  async acceptChanges(name: string, tool?: string): Promise<Server> {
    this.deps.configured.get(name);
    this.deps.tools.accept(name, tool ?? null);
    return this.get(name);
  }

  async logIn(name: string, how: 'browser' | 'device' = 'browser'): Promise<LoginBegun> {
    this.runnable(name);
    return this.deps.logins.begin(name, how);
  }

  async finishLogin(parameters: URLSearchParams, of?: string): Promise<Server> {
    return this.get(await this.deps.logins.finish(parameters, of));
  }

  async cancelLogin(name: string): Promise<Server> {
    this.deps.configured.get(name);
    this.deps.logins.cancel(name);
    return this.get(name);
  }

  async logOut(name: string): Promise<Server> {
    this.deps.configured.get(name);
    await this.deps.logins.logOut(name);
    return this.get(name);
  }

  async stderr(name: string): Promise<{ lines: string[] }> {
    this.deps.configured.get(name);
    return { lines: await this.deps.runtime.stderr(name) };
  }

  secretsRemover(): (text: string) => string {
    return this.deps.known.maskAll;
  }

  async importPreview(): Promise<ImportPreview> {
    const { previewImport } = await import('./import/preview');
    return previewImport(this.deps.places, this.deps.configured).preview;
  }

  async importEntries(ids: readonly string[]): Promise<{ servers: Server[] }> {
    const { previewImport, planImport } = await import('./import/preview');
    const { configured, places, onLimits } = this.deps;
    const chosen = previewImport(places, configured).choose(ids);
    const limits = chosen.flatMap(({ candidate: { source, name }, entry }) =>
      entry.limits ? [{ source, server: name, limits: entry.limits }] : [],
    );
    const plan = (file: ParsedFile, prepare: (one: Prepared) => void) => {
      const change = planImport(file, chosen, configured);
      // Nobody may see a server for a moment without its limits, nor after a kill.
      if (onLimits && limits.length > 0) prepare(onLimits(limits));
      return change;
    };
    await this.changePrepared(plan, () => chosen.some(({ candidate }) => this.isThere(candidate.name)));
    return { servers: await Promise.all(chosen.map(({ candidate }) => this.get(candidate.name))) };
  }

  /**
   * Logs out of a server that is about to be removed. Whatever goes wrong must not keep it: its tokens are forgotten with it
   * in any case, at the next start at the latest.
   * @throws HoldfastError `server_not_found`
   */
  private async leave(name: string): Promise<void> {
    const { configured, logins, timers } = this.deps;
    configured.get(name);
    const left = logins.logOut(name).catch(() => undefined);
    await within(timers, LOG_OUT_LIMIT, left, () => undefined);
  }

  /** @throws HoldfastError as `runnable`, and `invalid_input` for one that is disabled */
  private checkEnabled(name: string): void {
    if (this.runnable(name).enabled) return;
    throw new HoldfastError('invalid_input', said('said.save.disabled'));
  }

  /** @throws HoldfastError `server_not_found`, `invalid_input` if the entry is broken, `server_untrusted` */
  private runnable(name: string): ServerConfig {
    const server = this.deps.configured.get(name);
    const { config, trusted } = server;
    if (config === null) throw new HoldfastError('invalid_input', problemOf(server) ?? undefined);
    if (!trusted) throw new HoldfastError('server_untrusted');
    return config;
  }
}
