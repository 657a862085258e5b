import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import type { PeerConnection, ProcessFacts, ProcessId, ProcessLookup } from '../ports';

const ESTABLISHED = '01';
/** Processes that connected lately are asked first: a program mostly connects again. */
const REMEMBERED = 32;
/** How many processes are looked through at the same time. */
const AT_ONCE = 16;

/** Linux, from `/proc`: the socket of the other end has an inode, and its process a descriptor of that inode. */
export class LinuxProcesses implements ProcessLookup {
  private readonly recent = new Set<number>();
  private readonly boot: Promise<string>;
  private scanning: Promise<Map<string, number>> | null = null;

  constructor() {
    this.boot = readText('/proc/sys/kernel/random/boot_id').then((id) => id.slice(0, 8));
  }

  async ofPeer(connection: PeerConnection): Promise<ProcessFacts | null> {
    const inode = await inodeOf(connection);
    if (inode === null) return null;
    const pid = (await this.recentOwner(inode)) ?? (await this.owner(inode));
    return pid === null ? null : this.of(pid);
  }

  async of(pid: number): Promise<ProcessFacts | null> {
    const [parsed, commandLine, folder, boot] = await Promise.all([
      readStat(pid),
      readText(`/proc/${pid}/cmdline`),
      readlink(`/proc/${pid}/cwd`).catch(() => null),
      this.boot,
    ]);
    if (parsed === null || parsed.isOver) return null;
    const { name, parentPid, ticks } = parsed;
    const command = commandLine.split('\0').filter((part) => part !== '');
    return { pid, started: `${boot}:${ticks}`, parentPid, name, command, folder };
  }

  async ended<P extends ProcessId>(processes: readonly P[]): Promise<P[]> {
    const boot = await this.boot;
    const judged = await inTurns(processes, async (process) => {
      const parsed = await readStat(process.pid);
      // Without a boot id nothing can be said for certain.
      return boot !== '' && (parsed === null || parsed.isOver || `${boot}:${parsed.ticks}` !== process.started);
    });
    return processes.filter((_, index) => judged[index]);
  }

  private async recentOwner(inode: string): Promise<number | null> {
    for (const pid of [...this.recent].reverse()) {
      if ((await socketsOf(pid)).includes(inode)) return this.remember(pid);
    }
    return null;
  }

  /** Looks through all processes of this user. Callers at the same time share one pass, if it began late enough. */
  private async owner(inode: string): Promise<number | null> {
    const earlier = await this.scanning;
    const pid = earlier?.get(inode) ?? (await this.scan()).get(inode);
    return pid === undefined ? null : this.remember(pid);
  }

  private scan(): Promise<Map<string, number>> {
    this.scanning ??= allSockets().finally(() => {
      this.scanning = null;
    });
    return this.scanning;
  }

  private remember(pid: number): number {
    this.recent.delete(pid);
    this.recent.add(pid);
    for (const oldest of this.recent) {
      if (this.recent.size <= REMEMBERED) break;
      this.recent.delete(oldest);
    }
    return pid;
  }
}

/** The inode of the peer's socket, from a table in the form of `/proc/net/tcp`; null if the peer is not on this machine. */
export function inodeIn(table: string, { peerPort, ownPort }: PeerConnection): string | null {
  const [peer, own] = [peerPort, ownPort].map((port) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`);
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', state, , , , , , inode = '0'] = line.trim().split(/\s+/);
    const isPeer = peer !== undefined && own !== undefined && local.endsWith(peer) && remote.endsWith(own);
    if (isPeer && state === ESTABLISHED && inode !== '0') return inode;
  }
  return null;
}

/** What is needed of `/proc/{pid}/stat`; the name in it may hold spaces and brackets. Null if it has another form. */
export function statIn(text: string): { name: string; parentPid: number; ticks: string; isOver: boolean } | null {
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  const fields = text.slice(close + 2).split(' ');
  const [state = '', parent = ''] = fields;
  const ticks = fields[19];
  if (open < 0 || close < open || ticks === undefined) return null;
  return { name: text.slice(open + 1, close), parentPid: Number(parent), ticks, isOver: 'ZXx'.includes(state) };
}

async function inodeOf(connection: PeerConnection): Promise<string | null> {
  // A socket of IPv6 may be connected over IPv4, so the family of our own end does not say which table it is in.
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const inode = inodeIn(await readText(table), connection);
    if (inode !== null) return inode;
  }
  return null;
}

async function allSockets(): Promise<Map<string, number>> {
  const user = process.getuid?.();
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  const owners = new Map<string, number>();
  await inTurns(pids, async (pid) => {
    const uid = await stat(`/proc/${pid}`).then(
      (one) => one.uid,
      () => null,
    );
    if (uid !== user) return;
    // A child may have inherited its parent's socket; the parent has the lower id, except when ids start over.
    for (const inode of await socketsOf(pid)) owners.set(inode, Math.min(pid, owners.get(inode) ?? pid));
  });
  return owners;
}

async function socketsOf(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

const readStat = async (pid: number) => statIn(await readText(`/proc/${pid}/stat`));

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** Works through a list, a few at a time. The results are in the list's order. */
async function inTurns<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < list.length; from += AT_ONCE) {
    results.push(...(await Promise.all(list.slice(from, from + AT_ONCE).map(work))));
  }
  return results;
}
