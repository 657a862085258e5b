import type { PeerConnection, ProcessFacts, ProcessId, ProcessLookup } from '../ports';
import { outputOf } from './run';

const FIELDS =
  'ProcessId,ParentProcessId,Name,CommandLine,@{n="Started";e={$_.CreationDate.ToUniversalTime().Ticks.ToString()}}';

/** Windows, from PowerShell. A process's working folder cannot be read there. */
export class WindowsProcesses implements ProcessLookup {
  async ofPeer({ peerPort, ownPort }: PeerConnection): Promise<ProcessFacts | null> {
    const said = await powershell(
      `(Get-NetTCPConnection -State Established -LocalPort ${peerPort} -RemotePort ${ownPort}).OwningProcess`,
    );
    const pid = Number(/\d+/.exec(said ?? '')?.[0] ?? 0);
    return pid > 0 ? this.of(pid) : null;
  }

  async of(pid: number): Promise<ProcessFacts | null> {
    return (await asked([pid]))?.[0] ?? null;
  }

  async ended<P extends ProcessId>(processes: readonly P[]): Promise<P[]> {
    if (processes.length === 0) return [];
    const found = await asked(processes.map(({ pid }) => pid));
    if (found === null) return [];
    const started = new Map(found.map((one) => [one.pid, one.started]));
    return processes.filter((one) => started.get(one.pid) !== one.started);
  }
}

async function asked(pids: readonly number[]): Promise<ProcessFacts[] | null> {
  const filter = pids.map((pid) => `ProcessId=${pid}`).join(' OR ');
  const said = await powershell(
    `ConvertTo-Json -Compress @(Get-CimInstance Win32_Process -Filter "${filter}" | Select-Object ${FIELDS})`,
  );
  return said === null ? null : processesIn(said);
}

const powershell = (script: string): Promise<string | null> =>
  outputOf('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]);

/** Processes in the JSON that PowerShell prints; none if it has another form. */
export function processesIn(json: string): ProcessFacts[] {
  try {
    const parsed: unknown = JSON.parse(json);
    return (Array.isArray(parsed) ? parsed : [parsed]).flatMap(factsOf);
  } catch {
    return [];
  }
}

function factsOf(row: Record<string, unknown> | null): ProcessFacts[] {
  const { ProcessId: pid, ParentProcessId, Name, CommandLine, Started } = row ?? {};
  if (typeof pid !== 'number' || typeof Started !== 'string') return [];
  const parts = String(CommandLine ?? '').match(/"[^"]*"|\S+/g) ?? [];
  return [
    {
      pid,
      started: Started,
      parentPid: Number(ParentProcessId ?? 0),
      name: String(Name ?? '').replace(/\.exe$/i, ''),
      command: parts.map((part) => part.replaceAll('"', '')),
      folder: null,
    },
  ];
}
