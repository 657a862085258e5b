import type { Ms } from '../../shared/model/units';
import type { Instance } from './instance/instance';
import { linesWithin, type OutputLine, PastOutput, type WrittenLine } from './past-output';
import { withoutSecrets } from './redaction';
import type { ServerConnection } from './server-connection';
import type { ServerConfig } from './upstream-ports';

/** What the processes of one server write to standard error, also those that have failed, without secrets. */
export class ServerOutput {
  private readonly target: () => ServerConfig['target'];
  private readonly pastOutput = new PastOutput();
  private lastFailed: ServerConnection | null = null;

  constructor(target: () => ServerConfig['target']) {
    this.target = target;
  }

  /** Something has failed: what it wrote is remembered. Null if no connection was made. */
  failed(connection: ServerConnection | null): void {
    this.lastFailed = connection;
    if (connection) void this.remember(connection);
  }

  /** The newest lines of standard error output of what runs, or else of what failed last, without secrets. */
  async stderr(instances: readonly Instance[]): Promise<string[]> {
    const running = instances.filter(hasProcess);
    const lines =
      running.length === 0
        ? ((await this.lastFailed?.stderr()) ?? [])
        : (await Promise.all(running.map((instance) => instance.stderr()))).flat();
    return lines.map((line) => withoutSecrets(line, this.target()));
  }

  /** What its processes wrote to standard error from `from` on and before `to`, oldest first, without secrets. */
  async output(instances: readonly Instance[], from: Ms, to: Ms): Promise<WrittenLine[]> {
    const running = instances.filter(hasProcess);
    const present = await Promise.all(
      running.map(async (instance) => ({ lines: this.safeLines(await instance.output()), pid: instance.record.pid })),
    );
    return linesWithin([...this.pastOutput.all, ...present], from, to);
  }

  private async remember(connection: ServerConnection): Promise<void> {
    const lines = await connection.output().catch(() => []);
    this.pastOutput.add(this.safeLines(lines), connection.child?.pid ?? null);
  }

  private safeLines(lines: readonly OutputLine[]): OutputLine[] {
    return lines.map(({ at, text }) => ({ at, text: withoutSecrets(text, this.target()) }));
  }
}

const hasProcess = ({ state }: Instance): boolean => state === 'running' || state === 'starting';
