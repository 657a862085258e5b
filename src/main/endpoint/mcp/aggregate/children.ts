import type { ServerSource } from '../../../mcp/server-source';
import type { ClientTasks } from '../tasks/client-tasks';
import { Child, type ChildDeps } from './child';

export interface ChildrenDeps {
  readonly source: ServerSource;
  /** Names of all servers that the client may see, in list order. */
  readonly names: () => readonly string[];
  /** Key of the session that all children belong to. */
  readonly sessionKey: string;
  /** Dependencies passed to every child. */
  readonly child: Omit<ChildDeps, 'connect'>;
  readonly connectOwn: ChildDeps['connect'];
  readonly tasks: Pick<ClientTasks, 'own'>;
}

/** The servers of one session: Holdfast's own tools, and each offered server from its first use on. */
export class Children {
  readonly own: Child;
  private readonly deps: ChildrenDeps;
  private readonly byName = new Map<string, Child>();

  constructor(deps: ChildrenDeps) {
    this.deps = deps;
    this.own = new Child(null, { ...deps.child, connect: deps.connectOwn });
  }

  /** All servers that the client may see now, Holdfast's own tools first. Starts nothing. */
  all(): Child[] {
    return [this.own, ...this.deps.names().flatMap((name) => this.get(name) ?? [])];
  }

  /**
   * Returns the server of this name; null unless the client may see it. Starts nothing. Clients may lower-case the scheme of a
   * URI (RFC 3986 section 3.1), so a name that differs only in case matches too if it is unambiguous.
   */
  get(name: string): Child | null {
    const offered = this.deps.names();
    const alike = offered.filter((one) => one.toLowerCase() === name.toLowerCase());
    const server = alike.find((one) => one === name) ?? (alike.length === 1 ? alike[0] : undefined);
    if (server === undefined) return null;
    const known = this.byName.get(server);
    if (known) return known;
    const { source, sessionKey, tasks } = this.deps;
    const connect = async () => tasks.own(server, await source.connect(server, sessionKey, true));
    const child = new Child(server, { ...this.deps.child, connect });
    this.byName.set(server, child);
    return child;
  }

  /** Returns the server of this exact name if it was used before; the empty name is Holdfast's own tools. */
  find(name: string): Child | null {
    return name === '' ? this.own : (this.byName.get(name) ?? null);
  }

  /** Servers that are initialized now, without Holdfast's own tools. */
  up(): Child[] {
    return this.made().filter(({ isUp }) => isUp);
  }

  /** Servers used so far, initialized or not, without Holdfast's own tools. */
  made(): Child[] {
    return [...this.byName.values()];
  }

  /** Applies a changed configuration: closes servers that are gone and rereads the capabilities of the others. */
  follow(): void {
    const offered = new Set(this.deps.names());
    for (const [name, child] of this.byName) {
      if (offered.has(name)) {
        child.refresh();
        continue;
      }
      this.byName.delete(name);
      void child.close();
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.own, ...this.made()].map((child) => child.close()));
  }
}
