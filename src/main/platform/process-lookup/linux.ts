import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import type { PeerConnection, ProcessFacts, ProcessId, ProcessLookup } from '../ports';

const ESTABLISHED = '01';
/** Processes that connected lately are asked first: a program mostly connects again. */
const REMEMBERED = 32;
/** How many descriptors of such a process are looked at, newest first, before all processes are looked through. */
const NEWEST = 64;
/** How many processes are looked through at the same time. */
const AT_ONCE = 16;

/**
 * Linux, from `/proc`: the socket of the other end has an inode, and its process a descriptor of that inode.
 *
 * The kernel makes what concerns one process within microseconds, which is a tenth of what it takes to hand the reading
 * to another thread, so that is read at once. The table of connections takes milliseconds, as do all processes together.
 */
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
    const pid = this.recentOwner(inode) ?? (await this.owner(inode));
    return pid === null ? null : this.of(pid);
  }

  async of(pid: number): Promise<ProcessFacts | null> {
    const boot = await this.boot;
    const parsed = statIn(textNow(`/proc/${pid}/stat`));
    if (parsed === null || parsed.isOver) return null;
    const { name, parentPid, ticks } = parsed;
    const command = textNow(`/proc/${pid}/cmdline`)
      .split('\0')
      .filter((part) => part !== '');
    return { pid, started: `${boot}:${ticks}`, parentPid, name, command, folder: linkNow(`/proc/${pid}/cwd`) };
  }

  async ended<P extends ProcessId>(processes: readonly P[]): Promise<P[]> {
    const boot = await this.boot;
    const judged = await inTurns(processes, async (process) => {
      const parsed = statIn(await readText(`/proc/${process.pid}/stat`));
      // Without a boot id nothing can be said for certain.
      return boot !== '' && (parsed === null || parsed.isOver || `${boot}:${parsed.ticks}` !== process.started);
    });
    return processes.filter((_, index) => judged[index]);
  }

  private recentOwner(inode: string): number | null {
    const socket = `socket:[${inode}]`;
    const owner = [...this.recent].reverse().find((pid) => {
      const folder = `/proc/${pid}/fd`;
      return newestIn(folder).some((name) => linkNow(`${folder}/${name}`) === socket);
    });
    return owner === undefined ? null : this.remember(owner);
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

/** The descriptors that were opened last; a program gets the lowest free number for each. */
function newestIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .sort((one, other) => Number(other) - Number(one))
      .slice(0, NEWEST);
  } catch {
    return [];
  }
}

function textNow(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function linkNow(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

const readText = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** Works through a list, a few at a time. The results are in the list's order. */
async function inTurns<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let from = 0; from < list.length; from += AT_ONCE) {
    results.push(...(await Promise.all(list.slice(from, from + AT_ONCE).map(work))));
  }
  return results;
}
