import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { DEMO_CLIENT, type Demo } from '../../shared/contract/demo';
import { said } from '../../shared/messages/said';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Timers } from '../platform/ports';

/** Long enough to read a sentence and look at the session. */
const SHOWN: Ms = 4 * SECOND;
const START_LIMIT: Ms = 15 * SECOND;
/** After this, the demo goes on though the loss of its process was not noticed yet. */
const NOTICE_LIMIT: Ms = 40 * SECOND;
const LOOK: Ms = SECOND / 4;
const NAME = 'Demo';

export interface DemoDeps {
  readonly timers: Timers;
  /** Address of the MCP endpoint. */
  url(): string;
  create(client: { readonly name: string; readonly type: string }): { client_id: string; client_key: string };
  /** Takes the key away and ends its sessions; nothing is left of either, but that they were. */
  remove(clientId: string): Promise<void>;
  /** The newest session of a client, and whether its client is gone. */
  sessionOf(clientId: string): { readonly session_id: string; readonly isGone: boolean } | null;
}

/**
 * Shows what a session survives: a real client in a real process connects, is killed, and a new process comes back to the
 * same session. Then its process, its key and its session are removed. One demo at a time.
 */
export class DemoShow {
  private readonly deps: DemoDeps;
  private state: Demo = { phase: 'idle', session_id: null, problem: null };
  private child: ChildProcess | null = null;
  private stopped: AbortController | null = null;

  constructor(deps: DemoDeps) {
    this.deps = deps;
  }

  get(): Demo {
    return this.state;
  }

  start(): Demo {
    if (this.stopped !== null) return this.state;
    this.stopped = new AbortController();
    this.say('starting');
    void this.run(this.stopped.signal).finally(() => {
      this.stopped = null;
    });
    return this.state;
  }

  /** Ends it where it is, when Holdfast stops. */
  stop(): void {
    this.stopped?.abort();
    this.child?.kill('SIGKILL');
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { create, remove } = this.deps;
    let clientId: string | null = null;
    let failure: string | null = null;
    try {
      const { client_id, client_key } = create({ name: NAME, type: DEMO_CLIENT });
      clientId = client_id;
      const transport = await this.launch({ key: client_key });
      this.say('connected', this.deps.sessionOf(client_id)?.session_id ?? null);
      await this.pause(SHOWN, signal);
      this.child?.kill('SIGKILL');
      await this.until(() => this.deps.sessionOf(client_id)?.isGone !== false, signal);
      this.say('dropped', this.state.session_id);
      await this.pause(SHOWN, signal);
      await this.launch({ key: client_key, session: transport });
      this.say('back', this.state.session_id);
      await this.pause(SHOWN, signal);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    } finally {
      this.child?.kill('SIGKILL');
      this.child = null;
      // While Holdfast stops, there is no time for it; the next start removes what is left.
      if (clientId !== null && !signal.aborted) await remove(clientId).catch(() => undefined);
      this.state = { phase: failure === null ? 'over' : 'failed', session_id: null, problem: failure };
    }
  }

  private say(phase: Demo['phase'], session_id: string | null = null): void {
    this.state = { phase, session_id, problem: null };
  }

  /** Starts the client and waits until it is connected. The key goes over its standard input, where nobody else sees it. */
  private launch(orders: { readonly key: string; readonly session?: string }): Promise<string> {
    const program = fileURLToPath(new URL('./demo-client.js', import.meta.url));
    const env = { ...process.env, ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) };
    const child = spawn(process.execPath, [program], { env, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    this.child = child;
    child.stdin.on('error', () => {});
    child.stdin.write(`${JSON.stringify({ url: this.deps.url(), ...orders })}\n`);
    return new Promise((resolve, reject) => {
      const cancel = this.deps.timers.after(START_LIMIT, () => {
        child.kill('SIGKILL');
        reject(new Error(said('said.demo.slow')));
      });
      child.once('error', (error) => reject(new Error(said('said.demo.not_started', { reason: error.message }))));
      child.once('exit', () => {
        cancel();
        reject(new Error(said('said.demo.ended')));
      });
      createInterface({ input: child.stdout }).once('line', (line) => {
        cancel();
        const { session, problem } = JSON.parse(line) as { session?: string; problem?: string };
        if (session === undefined) reject(new Error(problem ?? said('said.demo.not_connected')));
        else resolve(session);
      });
    });
  }

  private pause(length: Ms, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new Error(said('said.demo.stops')));
      const cancel = this.deps.timers.after(length, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        reject(new Error(said('said.demo.stops')));
      });
    });
  }

  private async until(isSo: () => boolean, signal: AbortSignal): Promise<void> {
    for (let waited = 0; !isSo() && waited < NOTICE_LIMIT; waited += LOOK) await this.pause(LOOK, signal);
  }
}
