import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setImmediate as turnOfOthers } from 'node:timers/promises';
import type { PeerConnection, ProcessFacts, ProcessId, ProcessLookup } from '../ports';

const ESTABLISHED = '01';
/** Processes that connected lately are asked first: a program mostly connects again. */
const REMEMBERED = 32;
/** How many descriptors of such a process are looked at, newest first, before all processes are looked through. */
const NEWEST = 64;
/** How much is read of `/proc` before the rest of Holdfast gets its turn; a few milliseconds. */
const SLICE = 1_000;

/**
 * Linux, from `/proc`: the socket of the other end has an inode, and its process a descriptor of that inode.
 *
 * The kernel makes what concerns one process within microseconds, which is a tenth of what it takes to hand the reading
 * to another thread and to wait until this one hears of it, so that is read at once: while the machine is busy, thousands
 * of such waits take seconds. The table of connections takes milliseconds, as do all processes together, which are looked
 * through in slices.
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
    // Without a boot id nothing can be said for certain.
    return boot === '' ? [] : inSlices(endedOf(processes, boot));
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
    this.scanning ??= inSlices(allSockets()).finally(() => {
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

/** Yields how much it has read since. */
function* allSockets(): Generator<number, Map<string, number>> {
  const user = process.getuid?.();
  const owners = new Map<string, number>();
  const pids = namesNow('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of pids.map(Number)) {
    const folder = `/proc/${pid}/fd`;
    const names = userNow(`/proc/${pid}`) === user ? namesNow(folder) : [];
    for (const name of names) {
      const inode = /^socket:\[(\d+)\]$/.exec(linkNow(`${folder}/${name}`) ?? '')?.[1];
      // A child may have inherited its parent's socket; the parent has the lower id, except when ids start over.
      if (inode !== undefined) owners.set(inode, Math.min(pid, owners.get(inode) ?? pid));
    }
    yield names.length + 1;
  }
  return owners;
}

/** Yields how much it has read since. */
function* endedOf<P extends ProcessId>(processes: readonly P[], boot: string): Generator<number, P[]> {
  const ended: P[] = [];
  for (const process of processes) {
    const parsed = statIn(textNow(`/proc/${process.pid}/stat`));
    if (parsed === null || parsed.isOver || `${boot}:${parsed.ticks}` !== process.started) ended.push(process);
    yield 1;
  }
  return ended;
}

/** The descriptors that were opened last; a program gets the lowest free number for each. */
const newestIn = (folder: string): string[] =>
  namesNow(folder)
    .sort((one, other) => Number(other) - Number(one))
    .slice(0, NEWEST);

function namesNow(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function userNow(folder: string): number | null {
  try {
    return statSync(folder).uid;
  } catch {
    return null;
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

/** Reads step by step, and lets others do their work in between. */
async function inSlices<R>(steps: Generator<number, R>): Promise<R> {
  for (let read = 0; ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    read += value;
    if (read < SLICE) continue;
    read = 0;
    await turnOfOthers();
  }
}
