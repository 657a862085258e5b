import type { PeerConnection, ProcessFacts, ProcessId, ProcessLookup } from '../ports';
import { outputOf } from './run';

const PS_FIELDS = 'pid=,ppid=,lstart=,comm=';

/** macOS, from `lsof` and `ps`. */
export class MacProcesses implements ProcessLookup {
  async ofPeer(connection: PeerConnection): Promise<ProcessFacts | null> {
    const { peerPort } = connection;
    const said = await outputOf('lsof', ['-nP', `-iTCP:${peerPort}`, '-sTCP:ESTABLISHED', '-Fpn']);
    const pid = said === null ? null : ownerIn(said, connection);
    return pid === null ? null : this.of(pid);
  }

  async of(pid: number): Promise<ProcessFacts | null> {
    const [table, args, folder] = await Promise.all([
      outputOf('ps', ['-o', PS_FIELDS, '-p', String(pid)]),
      outputOf('ps', ['-ww', '-o', 'args=', '-p', String(pid)]),
      outputOf('lsof', ['-a', '-p', String(pid), '-d', 'cwd', '-Fn']),
    ]);
    const [found] = processesIn(table ?? '');
    if (!found) return null;
    const command = (args ?? '').trim().split(/\s+/).filter(Boolean);
    return { ...found, command, folder: /^n(.+)$/m.exec(folder ?? '')?.[1] ?? null };
  }

  async ended<P extends ProcessId>(processes: readonly P[]): Promise<P[]> {
    if (processes.length === 0) return [];
    const said = await outputOf('ps', ['-o', PS_FIELDS, '-p', processes.map(({ pid }) => pid).join(',')]);
    if (said === null) return processes.filter(({ pid }) => !isThere(pid));
    const started = new Map(processesIn(said).map((found) => [found.pid, found.started]));
    return processes.filter((one) => started.get(one.pid) !== one.started);
  }
}

/** The process whose end of the connection has the peer's port, in the output of `lsof -Fpn`. */
export function ownerIn(output: string, { peerPort, ownPort }: PeerConnection): number | null {
  let pid: number | null = null;
  for (const line of output.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    else if (line.startsWith('n') && new RegExp(`:${peerPort}->.*:${ownPort}$`).test(line)) return pid;
  }
  return null;
}

/** Processes in the output of `ps -o pid=,ppid=,lstart=,comm=`. */
export function processesIn(output: string): Omit<ProcessFacts, 'command' | 'folder'>[] {
  return output.split('\n').flatMap((line) => {
    const [, pid, parent, started = '', path = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S+\s+\S+\s+\d+\s+[\d:]+\s+\d{4})\s+(.+?)\s*$/.exec(line) ?? [];
    if (pid === undefined) return [];
    const name = path.split('/').at(-1) ?? path;
    return [{ pid: Number(pid), parentPid: Number(parent), started: started.replace(/\s+/g, ' '), name }];
  });
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
