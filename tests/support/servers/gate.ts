import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** How often it is looked whether a file is there. */
const LOOK_MS = 20;
/** A server that takes longer to come here hangs, or never will. */
const LIMIT_MS = 30_000;

/** Where a process of `counter-server.mjs` waits for the test, within a call or at its start. */
export class Gate {
  /** What the server is told of it. */
  readonly path: string;

  constructor(folder: string, name: string) {
    this.path = join(folder, name);
  }

  /** Resolves when the server waits here. */
  reached(): Promise<void> {
    return this.file('here');
  }

  /** Lets the server go on, now or when it comes. */
  open(): void {
    writeFileSync(`${this.path}.go`, '');
  }

  /** Lets the call go on. Resolves when it is done. */
  async pass(): Promise<void> {
    this.open();
    await this.file('done');
  }

  /** Whoever comes next waits again. */
  shut(): void {
    for (const end of ['here', 'go', 'done']) rmSync(`${this.path}.${end}`, { force: true });
  }

  private async file(end: 'here' | 'done'): Promise<void> {
    const until = performance.now() + LIMIT_MS;
    while (!existsSync(`${this.path}.${end}`)) {
      if (performance.now() > until) throw new Error(`${this.path}.${end} did not come within ${LIMIT_MS} ms`);
      await delay(LOOK_MS);
    }
  }
}
