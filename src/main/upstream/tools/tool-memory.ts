import type { NewEvent } from '../../../shared/contract/event';
import type { Server } from '../../../shared/contract/server';
import { MOST_CHANGES, type ToolChange, type ToolChanges } from '../../../shared/contract/tool-change';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { isForged, looksOf } from '../../mcp/lists/look-alikes';
import type { Clock } from '../../platform/ports';
import type { Prepared } from '../../platform/prepared';
import type { KnownTool, KnownToolRepository } from '../upstream-ports';
import { lineDifference } from './line-difference';
import { type ToolText, toolText, versionText } from './tool-text';

/** Tools remembered of one server, and of all. What is beyond is not watched. */
const MAX_PER_SERVER = 500;
const MAX_IN_ALL = 5_000;
/** Characters of all texts together. */
const MAX_TEXT = 16 * 1024 * 1024;
const LONGEST_NAME = 200;
/** Texts of one tool that were told. One that comes again, as with a server that lists by turns, is told no more. */
const MAX_SEEN = 8;
/** Stands for the server itself, whose version is kept like the text of a tool. No tool has an empty name. */
const ITSELF = '';

export interface ToolMemoryDeps {
  readonly repository: KnownToolRepository;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: { warn(details: object, message: string): void };
  /** Appends events to the log and publishes them. */
  readonly record: (events: readonly NewEvent[]) => void;
}

/** @param tools - those that are held back now and were not, or the other way round */
export type HeldListener = (server: string, tools: readonly string[]) => void;

/**
 * Remembers what every tool says of itself, and finds what changes after it was used. A tool that nobody has called may change
 * as it likes, and what it says then counts as known. Nothing that is called for servers throws: without the database, nothing
 * is found.
 */
export class ToolMemory {
  private readonly deps: ToolMemoryDeps;
  private readonly byServer = new Map<string, Map<string, KnownTool>>();
  private readonly listeners = new Set<HeldListener>();
  /** Tools by what their names look like. */
  private readonly byLooks = new Map<string, { readonly server: string; readonly tool: string }[]>();
  private holds = false;
  /** Characters of all texts. */
  private size = 0;

  constructor(deps: ToolMemoryDeps) {
    this.deps = deps;
    this.guarded(() => {
      for (const known of deps.repository.all()) this.keep(known);
    });
  }

  /** A server has listed these tools. */
  listed(server: string, items: readonly unknown[]): void {
    const others: string[] = [];
    for (const item of items) {
      const text = toolText(item);
      if (!text || text.name === ITSELF || text.name.length > LONGEST_NAME) continue;
      const wasHeld = this.isHeld(server, text.name);
      this.said(server, text.name, text);
      if (this.isHeld(server, text.name) !== wasHeld) others.push(text.name);
    }
    this.tell(server, others);
  }

  /** A server has introduced itself. */
  introduced(server: string, version: string): void {
    this.said(server, ITSELF, versionText(version));
  }

  /** A client calls a tool. */
  used(server: string, tool: string): void {
    const known = this.byServer.get(server)?.get(tool);
    if (known && known.used_at === null) this.save({ ...known, used_at: this.deps.clock.now() });
  }

  /** Whether a tool is neither listed nor called until its change is accepted. */
  isHeld(server: string, tool: string): boolean {
    return this.holds && tool !== ITSELF && isChanged(this.byServer.get(server)?.get(tool));
  }

  /** Whether changed tools are held back at all. */
  get isHolding(): boolean {
    return this.holds;
  }

  /** From now on, changed tools are held back, or not. */
  hold(holds: boolean): void {
    if (holds === this.holds) return;
    this.holds = holds;
    for (const [server] of this.byServer) this.tell(server, namesOf(this.changed(server)));
  }

  /** How many names of tools are known: what {@link lookAlike} says may change when there is another one. */
  get names(): number {
    return [...this.byServer.values()].reduce((sum, tools) => sum + tools.size, 0);
  }

  /** Another tool that looks like this one, of any server, if this is the one to point at; null if there is none. */
  lookAlike(tool: string): { readonly server: string; readonly tool: string } | null {
    const others = this.byLooks.get(looksOf(tool)) ?? [];
    return others.find((other) => isForged(tool, other.tool)) ?? null;
  }

  /** Calls the listener when other tools of a server are held back than before. Returns what ends that. */
  onHeld(listener: HeldListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How many tools of a server have changed, how many of these nobody has looked at, and how many are held back. */
  count(server: string): Server['tool_changes'] {
    const all = this.changed(server);
    const tools = all.filter(({ tool }) => tool !== ITSELF);
    return {
      changed: tools.length,
      unseen: tools.filter(({ looked_at }) => looked_at === null).length,
      held: this.holds ? tools.length : 0,
      version: all.length > tools.length,
    };
  }

  /** What has changed of a server and was not accepted, newest first. */
  changes(server: string): ToolChanges {
    const changed = this.changed(server).sort((a, b) => (b.changed_at ?? 0) - (a.changed_at ?? 0));
    return {
      changes: changed.slice(0, MOST_CHANGES).map((known) => this.view(known)),
      more: Math.max(0, changed.length - MOST_CHANGES),
    };
  }

  /** Somebody has looked at the changes of a server. */
  look(server: string): void {
    const looked_at = this.deps.clock.now();
    for (const known of this.changed(server)) if (known.looked_at === null) this.save({ ...known, looked_at });
  }

  /**
   * Takes a change for all right: one tool's, or all of a server's with null.
   * @throws HoldfastError `not_found` when the tool has not changed
   */
  accept(server: string, tool: string | null): void {
    const changed = this.changed(server).filter((known) => tool === null || known.tool === tool);
    if (tool !== null && changed.length === 0) {
      throw new HoldfastError('not_found', said('said.tool.not_changed', { server, tool }));
    }
    for (const known of changed)
      this.save({ ...known, accepted: known.current ?? known.accepted, seen: [], ...UNCHANGED });
    if (changed.length === 0) return;
    this.record({ kind: 'server_change_accepted', payload: { server, tool } });
    if (this.holds) this.tell(server, namesOf(changed));
  }

  /**
   * Lets a server be known by its new name as well, until the old one is gone. Call it before anybody can see the new name,
   * so that what is held back is never not.
   */
  rename(from: string, to: string): Prepared {
    const ofTo = this.allOf(to);
    this.replace(
      to,
      this.allOf(from).map((known) => ({ ...known, server: to })),
    );
    return { done: () => this.replace(from, []), undo: () => this.replace(to, ofTo) };
  }

  private replace(server: string, tools: readonly KnownTool[]): void {
    for (const known of this.allOf(server)) this.drop(known);
    for (const known of tools) this.keep(known);
    this.guarded(() => this.deps.repository.replace(server, tools));
  }

  private said(server: string, tool: string, text: ToolText): void {
    const known = this.byServer.get(server)?.get(tool);
    if (!known) {
      if (this.hasRoom(server)) this.save({ server, tool, accepted: text, used_at: null, seen: [], ...UNCHANGED });
    } else if (text.digest === known.accepted.digest) {
      // Whether somebody has looked holds for the time it says the other thing again.
      if (isChanged(known)) this.save({ ...known, ...UNCHANGED, looked_at: known.looked_at });
    } else if (text.digest !== known.current?.digest) {
      if (known.used_at === null && tool !== ITSELF) this.save({ ...known, accepted: text, ...UNCHANGED });
      else this.change(known, text);
    }
  }

  private change(known: KnownTool, text: ToolText): void {
    const { server, tool, accepted, seen } = known;
    const changed_at = this.deps.clock.now();
    const isNews = !seen.includes(text.digest);
    const looked_at = isNews ? null : known.looked_at;
    const told = isNews ? [...seen, text.digest].slice(-MAX_SEEN) : seen;
    this.save({ ...known, current: text, changed_at, looked_at, seen: told });
    if (!isNews) return;
    if (tool === ITSELF) {
      const [from, to] = [accepted.fields.version ?? '', text.fields.version ?? ''];
      this.record({ kind: 'server_version_changed', payload: { server, from, to } });
    } else {
      this.record({ kind: 'server_tool_changed', payload: { server, tool, fields: changedFields(accepted, text) } });
    }
  }

  private view({ tool, accepted, current, changed_at }: KnownTool): ToolChange {
    const fields = changedFields(accepted, current ?? accepted).map((field) => {
      const [before, after] = [accepted.fields[field] ?? null, current?.fields[field] ?? null];
      return {
        field: field as ToolChange['fields'][number]['field'],
        before,
        after,
        lines: lineDifference(before, after),
      };
    });
    return {
      tool: tool === ITSELF ? null : tool,
      changed_at: changed_at ?? 0,
      held: this.holds && tool !== ITSELF,
      fields,
    };
  }

  private changed(server: string): KnownTool[] {
    return this.allOf(server).filter(isChanged);
  }

  private allOf(server: string): KnownTool[] {
    return [...(this.byServer.get(server)?.values() ?? [])];
  }

  private hasRoom(server: string): boolean {
    return this.of(server).size < MAX_PER_SERVER && this.names < MAX_IN_ALL && this.size < MAX_TEXT;
  }

  private of(server: string): Map<string, KnownTool> {
    const tools = this.byServer.get(server) ?? new Map<string, KnownTool>();
    this.byServer.set(server, tools);
    return tools;
  }

  private save(known: KnownTool): void {
    this.keep(known);
    this.guarded(() => this.deps.repository.save(known));
  }

  private keep(known: KnownTool): void {
    const tools = this.of(known.server);
    if (!tools.has(known.tool) && known.tool !== ITSELF) {
      const looks = looksOf(known.tool);
      this.byLooks.set(looks, [...(this.byLooks.get(looks) ?? []), { server: known.server, tool: known.tool }]);
    }
    this.size += sizeOf(known) - sizeOf(tools.get(known.tool));
    tools.set(known.tool, known);
  }

  private drop(known: KnownTool): void {
    const { server, tool } = known;
    const looks = looksOf(tool);
    const others = (this.byLooks.get(looks) ?? []).filter((one) => one.server !== server || one.tool !== tool);
    if (others.length > 0) this.byLooks.set(looks, others);
    else this.byLooks.delete(looks);
    const tools = this.of(server);
    tools.delete(tool);
    if (tools.size === 0) this.byServer.delete(server);
    this.size -= sizeOf(known);
  }

  private record(event: Pick<NewEvent, 'kind' | 'payload'>): void {
    this.guarded(() => this.deps.record([{ at: this.deps.clock.now(), session_id: null, ...event } as NewEvent]));
  }

  private tell(server: string, tools: readonly string[]): void {
    if (tools.length > 0) for (const listener of this.listeners) listener(server, tools);
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.deps.log.warn({ err: error }, 'what tools say of themselves could not be remembered');
    }
  }
}

const UNCHANGED = { current: null, changed_at: null, looked_at: null };

const namesOf = (tools: readonly KnownTool[]): string[] => tools.flatMap(({ tool }) => (tool === ITSELF ? [] : [tool]));

const isChanged = (known: KnownTool | undefined): boolean => known !== undefined && known.current !== null;

const sizeOf = (known: KnownTool | undefined): number =>
  [known?.accepted, known?.current].flatMap((text) => Object.values(text?.fields ?? {})).join('').length;

/** Fields that differ; all that there are if the difference is beyond what is kept of them. */
function changedFields(before: ToolText, after: ToolText): string[] {
  const fields = [...new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])];
  const differing = fields.filter((field) => before.fields[field] !== after.fields[field]);
  return differing.length > 0 ? differing : fields;
}
