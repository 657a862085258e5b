import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Ms } from '../../../shared/model/units';
import { markOf } from './marked.js';

const run = promisify(execFile);

/** Linux counts in hundredths of a second wherever it tells programs (`USER_HZ`). */
const TICK: Ms = 10;

/** A server's process: leader of a group, and named by the mark of everything that descends from it. */
export interface Measured {
  readonly pid: number;
  readonly mark: string;
}

/** What the processes of one server have taken of the machine. */
export interface GroupUse {
  /** Resident memory, now. */
  readonly bytes: number;
  /** Processor time since its start, by process; a process id that is used again is another key. */
  readonly times: ReadonlyMap<string, Ms>;
}

type Add = (leader: number, key: string, bytes: number, time: Ms) => void;

/**
 * What servers use, by the leader's pid: its process group and, on Linux, also what left the group but carries its mark, such as
 * a browser that it controls. Nothing for an empty group. Null where the system does not report it.
 * @throws when `/proc` cannot be read or `ps` fails
 */
export async function groupUse(servers: readonly Measured[]): Promise<ReadonlyMap<number, GroupUse> | null> {
  const sums = new Map(servers.map(({ pid }) => [pid, { bytes: 0, times: new Map<string, Ms>() }]));
  const add: Add = (leader, key, bytes, time) => {
    const sum = sums.get(leader);
    if (sum === undefined) return;
    sum.bytes += bytes;
    sum.times.set(key, time);
  };
  if (process.platform === 'linux') await addFromProc(servers, add);
  else if (process.platform === 'darwin') await addFromPs(add);
  else return null;
  return sums;
}

async function addFromProc(servers: readonly Measured[], add: Add) {
  const leaders = new Set(servers.map(({ pid }) => pid));
  const byMark = new Map(servers.map(({ pid, mark }) => [mark, pid]));
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // The process may end while we look.
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // From the third field of proc_pid_stat(5) on: its name, the second, may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const group = Number(fields[2]);
    const leader = leaders.has(group) ? group : byMark.get(markOf(name) ?? '');
    if (leader === undefined) continue;
    const status = await readFile(`/proc/${name}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
    const ticks = Number(fields[11]) + Number(fields[12]);
    if (kibibytes !== undefined) add(leader, `${name} ${fields[19]}`, Number(kibibytes) * 1024, ticks * TICK);
  }
}

async function addFromPs(add: Add) {
  const { stdout } = await run('ps', ['-axo', 'pid=,pgid=,rss=,time='], { timeout: 2000 });
  for (const line of stdout.split('\n')) {
    const [pid = '', group, kibibytes, time = ''] = line.trim().split(/\s+/);
    add(Number(group), pid, Number(kibibytes) * 1024, processorTime(time));
  }
}

/** Reads the time that `ps` prints, `1:02.50`, `3:04:05` or `2-03:04:05`, in ms; 0 if it is something else. */
export function processorTime(text: string): Ms {
  const [, days = '0', hours = '0', minutes, seconds] =
    /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (minutes === undefined || seconds === undefined) return 0;
  return Math.round((((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000);
}
