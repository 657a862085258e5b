import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ChildEnd, KeptChild } from '#src/main/upstream/keeper/keeper-ports';
import { visibleErrors } from '#tests/support/visible-errors';

interface Said {
  readonly did?: string;
  readonly error?: string;
  readonly attached?: boolean;
  readonly found?: KeptChild[];
  readonly spawned?: KeptChild;
  readonly keeper?: number;
  /** Lines of standard error so far. */
  readonly synced?: number;
  readonly line?: string;
  readonly exit?: ChildEnd;
}

/** The program `supervise`, in a process group of its own. */
export class SupervisorProcess {
  /** What it took of all its children. */
  readonly lines: string[] = [];
  exit: ChildEnd | null = null;
  private readonly process: ChildProcess;
  private readonly heard = new EventTarget();
  private readonly did: Said[] = [];
  private closed = false;

  constructor(program: string, folder: string) {
    this.process = visibleErrors(
      spawn(process.execPath, [program, folder], { stdio: ['pipe', 'pipe', 'pipe'], detached: true }),
    );
    const { stdout, stdin } = this.process;
    stdin?.on('error', () => {});
    if (stdout === null) throw new Error('No output.');
    const input = createInterface({ input: stdout });
    input.on('line', (text) => {
      const said = JSON.parse(text) as Said;
      if (said.line !== undefined) this.lines.push(said.line);
      else if (said.exit !== undefined) this.exit = said.exit;
      else this.did.push(said);
      this.heard.dispatchEvent(new Event('change'));
    });
    input.on('close', () => {
      this.closed = true;
      this.heard.dispatchEvent(new Event('change'));
    });
  }

  /** Gives a command and awaits what comes of it. */
  async do(command: object): Promise<Said> {
    this.process.stdin?.write(`${JSON.stringify(command)}\n`);
    await this.until(() => this.did.length > 0 || this.closed);
    const said = this.did.shift();
    if (said === undefined) throw new Error('The supervisor ended.');
    return said;
  }

  /** Gives a command that it does not survive. */
  async doLast(command: object): Promise<void> {
    this.process.stdin?.write(`${JSON.stringify(command)}\n`);
    await this.until(() => this.closed);
  }

  async until(isReached: () => boolean): Promise<void> {
    while (!isReached()) {
      if (this.closed) throw new Error('The supervisor ended.');
      await once(this.heard, 'change');
    }
  }

  /** SIGKILL to it and everything of its group; resolves when all it said was read. */
  async kill(): Promise<void> {
    const { pid, exitCode, signalCode } = this.process;
    if (exitCode === null && signalCode === null && pid !== undefined) {
      process.kill(-pid, 'SIGKILL');
      await once(this.process, 'exit');
    }
    await this.until(() => this.closed);
  }
}
