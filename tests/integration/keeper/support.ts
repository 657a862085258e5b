import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { pino } from 'pino';
import { KeeperProcessLink } from '#src/main/upstream/keeper/keeper-link';
import type { ChildEnd, ChildListener } from '#src/main/upstream/keeper/keeper-ports';
import type { StdioTarget } from '#src/main/upstream/upstream-ports';
import { disposing, folderTest } from '#tests/support/fixtures';
import { endServers } from '#tests/support/servers/configs';

const log = pino({ level: 'silent' });
type LinkOptions = ConstructorParameters<typeof KeeperProcessLink>[0];

/** Tests of the keeper. It is ended with all its children, whoever left it. */
export const keeperTest = folderTest
  .extend('folder', ({ newFolder }, { onCleanup }) => {
    const folder = newFolder();
    onCleanup(() => endServers(folder));
    return folder;
  })
  .extend('linkOptions', {} as Partial<LinkOptions>)
  .extend('openLink', ({ folder, linkOptions }, { onCleanup }) =>
    disposing(
      onCleanup,
      (own: Partial<LinkOptions> = {}) => new KeeperProcessLink({ folder, log, ...linkOptions, ...own }),
      (link) => link.endAll(),
    ),
  )
  .extend('link', ({ openLink }) => openLink());

export const target = (command: string, ...args: string[]): StdioTarget => ({
  kind: 'stdio',
  command,
  args,
  cwd: null,
  env: {},
});

/** A small program as a server. */
export const nodeTarget = (program: string): StdioTarget => target(process.execPath, '-e', program);

/** What one child said, and a way to await more of it. */
export class Heard implements ChildListener {
  readonly lines: string[] = [];
  end: ChildEnd | null = null;
  private readonly heard = new EventTarget();

  onLine(line: string): number {
    this.lines.push(line);
    this.heard.dispatchEvent(new Event('change'));
    return 0;
  }

  onExit(end: ChildEnd): void {
    this.end = end;
    this.heard.dispatchEvent(new Event('change'));
  }

  async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) await once(this.heard, 'change');
  }

  async untilLines(count: number): Promise<readonly string[]> {
    await this.until(() => this.lines.length >= count);
    return this.lines;
  }

  async untilEnd(): Promise<ChildEnd> {
    await this.until(() => this.end !== null);
    return this.end as ChildEnd;
  }
}

export interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
}

/** All processes of this machine. */
export function processes(): ProcessStat[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return [{ pid: Number(name), state, parent: Number(parent), group: Number(group) }];
    } catch {
      return [];
    }
  });
}

/** Running processes of these groups. Zombies do not count: process 1 reaps them when it likes. */
export const running = (groups: readonly number[]): number[] =>
  processes().flatMap(({ pid, state, group }) => (groups.includes(group) && state !== 'Z' ? [pid] : []));

/** Polls until it is so: other processes can only be looked at. The limit of the test bounds it. */
export async function eventually(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 10));
}

export const isRunning = (pid: number): boolean => processes().some((each) => each.pid === pid && each.state !== 'Z');
