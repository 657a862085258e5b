import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientPolicy, NewProcess } from '#src/shared/contract/client';
import type { EventKind, Timeline } from '#src/shared/contract/event';
import type { Session } from '#src/shared/contract/session';
import type { Order } from '#tests/integration/durable/programs/jumping-host';
import { visibleErrors } from '#tests/support/visible-errors';

/** A supervisor in a process of its own, that is killed, stopped and started again on the same folder and port. */
export class MatrixHost {
  url = '';
  private readonly program: string;
  readonly folder: string;
  adminKey = '';
  private child: ChildProcess | null = null;

  constructor(program: string, folder: string) {
    this.program = program;
    this.folder = folder;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** Returns how long it took until it listened. */
  async start(more: NodeJS.ProcessEnv = {}): Promise<number> {
    const began = performance.now();
    const env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      HOLDFAST_DATA_DIR: this.folder,
      HOLDFAST_TRUST_SERVERS: '1',
      // All clients come back at once, each with a process for its handshake beside the one that it left.
      HOLDFAST_PROCESSES_PER_SERVER: '96',
      HOLDFAST_PORT: this.url === '' ? '0' : String(this.port),
      ...more,
    };
    const child = visibleErrors(
      fork(this.program, [], { env, execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] }),
    );
    this.child = child;
    const ended = once(child, 'exit').then(() => [null]);
    const [said] = (await Promise.race([once(child, 'message'), ended])) as [{ url: string; adminKey: string } | null];
    if (!said) throw new Error('the host ended at its start');
    this.url = said.url;
    this.adminKey = said.adminKey;
    return performance.now() - began;
  }

  async kill(): Promise<void> {
    await this.end(() => this.child?.kill('SIGKILL'));
  }

  async quit(): Promise<void> {
    await this.end(() => this.child?.send({ quit: true } satisfies Order));
  }

  /** From now on no reply turns into a stream, so that every call is a fast one. */
  async holdReplies(holdReplies: boolean): Promise<void> {
    await this.order({ holdReplies });
  }

  /** Sets the wall clock this far off the right time, forward or (negative) backward. */
  async setWall(setWall: number): Promise<void> {
    await this.order({ setWall });
  }

  /** The machine wakes from a sleep of this length; the process finds that out by itself. */
  async sleep(sleep: number): Promise<void> {
    await this.order({ sleep });
  }

  /** It is killed as soon as such an event is on disk: before anybody has heard of it, or once all have. */
  async dieAt(kind: EventKind, heard: boolean): Promise<void> {
    await this.order({ dieAt: kind, heard });
  }

  /** It is killed right before or after the second id of a call that is made again is on disk. */
  async dieAtSecondId(dieAtSecondId: 'before' | 'after'): Promise<void> {
    await this.order({ dieAtSecondId });
  }

  /** Resolves when it has died by itself. */
  async died(): Promise<void> {
    await this.end(() => {});
  }

  /** SIGSTOP; when it goes on, this much time has passed for it. `meanwhile` happens while it is stopped. */
  async stopAndSkip(ms: number, meanwhile: () => Promise<void>): Promise<void> {
    const skipped = once(this.child as ChildProcess, 'message');
    this.child?.send({ stopAndSkip: ms } satisfies Order);
    while (!this.isStopped()) await delay(20);
    await meanwhile();
    this.child?.kill('SIGCONT');
    await skipped;
  }

  private isStopped(): boolean {
    return execFileSync('ps', ['-o', 'stat=', '-p', String(this.child?.pid)], { encoding: 'utf8' }).startsWith('T');
  }

  async newKey(name: string, policy: ClientPolicy = 'sessionful'): Promise<string> {
    const body = JSON.stringify({ name, type: 'other', policy });
    const answer = await this.fetch('/api/mcp/clients', this.adminKey, { method: 'POST', body });
    return (answer as { client_key: string }).client_key;
  }

  async clientId(name: string): Promise<string | undefined> {
    const { clients } = (await this.fetch('/api/mcp/clients', this.adminKey)) as { clients: Client[] };
    return clients.find((client) => client.name === name)?.client_id;
  }

  /** Says how long the client of this name waits, before its calls become handles. */
  async setPatience(name: string, seconds: number): Promise<void> {
    const id = await this.clientId(name);
    const body = JSON.stringify({ seconds });
    await this.fetch(`/api/mcp/calls/patience/${id}`, this.adminKey, { method: 'PUT', body });
  }

  /** Sessions of a key that were used. */
  async sessions(key: string): Promise<Session[]> {
    return ((await this.fetch('/api/mcp/sessions', key)) as { sessions: Session[] }).sessions;
  }

  /** Why the session was disconnected last. */
  async lastDisconnect(sessionId: string): Promise<string | undefined> {
    const path = `/api/mcp/sessions/${sessionId}/events?kinds=session_disconnected`;
    const { events } = (await this.fetch(path, this.adminKey)) as Timeline;
    return events[0]?.kind === 'session_disconnected' ? events[0].payload.reason : undefined;
  }

  /** Says for every client what its next process gets. */
  async setNewProcess(new_process: NewProcess): Promise<void> {
    const { clients } = (await this.fetch('/api/mcp/clients', this.adminKey)) as { clients: Client[] };
    const body = JSON.stringify({ new_process });
    for (const { client_id } of clients) {
      await this.fetch(`/api/mcp/clients/${client_id}`, this.adminKey, { method: 'PATCH', body });
    }
  }

  /** A REST request of the admin. */
  admin(path: string, body?: object): Promise<unknown> {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return this.fetch(path, this.adminKey, init);
  }

  /** A REST request with a key; throws unless the answer is OK. */
  async fetch(path: string, key: string, init: RequestInit = {}): Promise<unknown> {
    const headers = { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' };
    const answer = await fetch(`${this.url}${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  private async order(order: Order): Promise<void> {
    const done = once(this.child as ChildProcess, 'message');
    this.child?.send(order);
    await done;
  }

  private async end(how: () => void): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    how();
    await gone;
  }
}
