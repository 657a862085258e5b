import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { markOf } from './marked.js';

const run = promisify(execFile);

/** A server's process: leader of a group, and named by the mark of everything that descends from it. */
export interface Measured {
  readonly pid: number;
  readonly mark: string;
}

/**
 * Resident memory in bytes of servers, by the leader's pid: of its process group and, on Linux, also of what left the group
 * but carries its mark, such as a browser that it controls. 0 for an empty group. Null where the system does not report it.
 * @throws when `/proc` cannot be read or `ps` fails
 */
export async function groupMemory(servers: readonly Measured[]): Promise<ReadonlyMap<number, number> | null> {
  const sums = new Map(servers.map(({ pid }) => [pid, 0]));
  const add = (leader: number, bytes: number) => {
    const sum = sums.get(leader);
    if (sum !== undefined) sums.set(leader, sum + bytes);
  };
  if (process.platform === 'linux') await addFromProc(servers, add);
  else if (process.platform === 'darwin') await addFromPs(add);
  else return null;
  return sums;
}

async function addFromProc(servers: readonly Measured[], add: (leader: number, bytes: number) => void) {
  const leaders = new Set(servers.map(({ pid }) => pid));
  const byMark = new Map(servers.map(({ pid, mark }) => [mark, pid]));
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The process may end while we look.
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
    const leader = leaders.has(group) ? group : byMark.get(markOf(name) ?? '');
    if (leader === undefined) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes !== undefined) add(leader, Number(kibibytes) * 1024);
  }
}

async function addFromPs(add: (group: number, bytes: number) => void) {
  const { stdout } = await run('ps', ['-axo', 'pgid=,rss='], { timeout: 2000 });
  for (const line of stdout.split('\n')) {
    const [group, kibibytes] = line.trim().split(/\s+/);
    add(Number(group), Number(kibibytes) * 1024);
  }
}
