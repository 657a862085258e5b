import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Resident memory in bytes of the process groups led by these processes, by the leader's pid; 0 for an empty group.
 * Null where the system does not report it.
 * @throws when `/proc` cannot be read or `ps` fails
 */
export async function groupMemory(leaders: readonly number[]): Promise<ReadonlyMap<number, number> | null> {
  const sums = new Map(leaders.map((pid) => [pid, 0]));
  const add = (group: number, bytes: number) => {
    const sum = sums.get(group);
    if (sum !== undefined) sums.set(group, sum + bytes);
  };
  if (process.platform === 'linux') await addFromProc(sums, add);
  else if (process.platform === 'darwin') await addFromPs(add);
  else return null;
  return sums;
}

async function addFromProc(groups: ReadonlyMap<number, number>, add: (group: number, bytes: number) => void) {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The process may end while we look.
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const group = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
    if (!groups.has(group)) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kibibytes !== undefined) add(group, Number(kibibytes) * 1024);
  }
}

async function addFromPs(add: (group: number, bytes: number) => void) {
  const { stdout } = await run('ps', ['-axo', 'pgid=,rss='], { timeout: 2000 });
  for (const line of stdout.split('\n')) {
    const [group, kibibytes] = line.trim().split(/\s+/);
    add(Number(group), Number(kibibytes) * 1024);
  }
}
