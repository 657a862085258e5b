import type { ServerSource } from '../../../mcp/server-source';
import { Child, type ChildDeps } from './child';

export interface ChildrenDeps {
  readonly source: ServerSource;
  /** Of the session that all of them belong to. */
  readonly sessionKey: string;
  /** What a child needs, but for how it is connected. */
  readonly child: Omit<ChildDeps, 'connect'>;
  readonly connectOwn: ChildDeps['connect'];
}

/** The channels of one session: Holdfast's own tools, and each offered server once it was needed. */
export class Children {
  readonly own: Child;
  private readonly deps: ChildrenDeps;
  private readonly byName = new Map<string, Child>();

  constructor(deps: ChildrenDeps) {
    this.deps = deps;
    this.own = new Child(null, { ...deps.child, connect: deps.connectOwn });
  }

  /** All that are offered now, Holdfast's own first. Nothing is started by being named here. */
  all(): Child[] {
    return [this.own, ...this.deps.source.offered().flatMap((name) => this.get(name) ?? [])];
  }

  /**
   * The server of that name, if it is offered. Clients may write the scheme of a URI in lower case (RFC 3986 section 3.1),
   * so that counts as well where it is clear.
   */
  get(name: string): Child | null {
    const offered = this.deps.source.offered();
    const alike = offered.filter((one) => one.toLowerCase() === name.toLowerCase());
    const server = alike.find((one) => one === name) ?? (alike.length === 1 ? alike[0] : undefined);
    if (server === undefined) return null;
    const known = this.byName.get(server);
    if (known) return known;
    const connect = () => this.deps.source.connect(server, this.deps.sessionKey);
    const child = new Child(server, { ...this.deps.child, connect });
    this.byName.set(server, child);
    return child;
  }

  /** Of this name, if it was needed before. */
  find(name: string): Child | null {
    return name === '' ? this.own : (this.byName.get(name) ?? null);
  }

  /** Servers that are initialized now. */
  up(): Child[] {
    return this.made().filter(({ isUp }) => isUp);
  }

  /** Servers that were needed at some time. */
  made(): Child[] {
    return [...this.byName.values()];
  }

  /** The configuration has changed: closes what is not offered any more. The others may have become able to do something else. */
  follow(): void {
    const offered = new Set(this.deps.source.offered());
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
