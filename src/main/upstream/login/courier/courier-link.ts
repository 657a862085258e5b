import { type ChildProcess, spawn } from 'node:child_process';
import { createDecipheriv } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { DAY, type Ms, SECOND } from '../../../../shared/model/units';
import { networkFailure, RequestFailed } from '../../../http-client/failures';
import type { Timers } from '../../../platform/ports';
import { minimalEnvironment } from '../../keeper/environment';
import { isDead } from '../../keeper/process-group.js';
import { allowedAddress, type OAuthFetch, responseOf } from '../oauth-fetch';

/** How long a courier is kept when it has nothing to do. */
const IDLE: Ms = 20 * SECOND;
/** A courier gives a request up before this. */
const LIMIT: Ms = 25 * SECOND;
const LOOK_EVERY: Ms = 100;
const PREFIX = 'refresh-';

const answerSchema = z.union([
  z.object({ status: z.number(), headers: z.record(z.string(), z.string()), body: z.string() }),
  z.object({ error: z.string(), code: z.string(), taken: z.boolean() }),
]);
const fileSchema = z.union([
  z.object({ running: z.number() }),
  z.object({ iv: z.string(), tag: z.string(), text: z.string() }),
]);
type Answer = z.infer<typeof answerSchema>;

/**
 * Sends requests that must not be lost, through a process of its own: if this one is killed, the answer is still taken and
 * left on the disk, sealed with a key that only the vault has.
 */
export class CourierLink {
  private readonly folder: string;
  private readonly dataFolder: string;
  private readonly timers: Timers;
  private process: ChildProcess | null = null;
  private readonly waiting = new Map<
    string,
    { readonly courier: ChildProcess; readonly done: (problem: string | null) => void }
  >();
  private readonly asked = new Map<string, Promise<Answer>>();
  private cancelIdle = () => {};

  constructor(dataFolder: string, timers: Timers) {
    this.dataFolder = dataFolder;
    this.folder = join(dataFolder, 'secrets');
    this.timers = timers;
  }

  /**
   * A `fetch` for one POST request. If the request was made before under this id, its answer is returned and nothing is
   * sent.
   * @param key - 32 bytes, base64url
   */
  fetchFor(id: string, key: string, allowsLoopback: boolean): OAuthFetch {
    return async (address, init = {}) => {
      const url = allowedAddress(String(address), allowsLoopback);
      const answer = await this.once(id, async () => (await this.left(id, key)) ?? this.send(id, key, url, init));
      if ('status' in answer) return responseOf(url, answer.status, answer.headers, answer.body);
      throw networkFailure(Object.assign(new Error(answer.error), { code: answer.code }), url.host, answer.taken);
    };
  }

  /** Forgets the answer to a request. */
  async forget(id: string): Promise<void> {
    await rm(this.fileOf(id), { force: true });
  }

  /** Forgets answers that nobody has asked for within a day. */
  async forgetOld(): Promise<void> {
    const names = await readdir(this.folder).catch(() => []);
    for (const name of names.filter((one) => one.startsWith(PREFIX))) {
      const path = join(this.folder, name);
      const at = await stat(path).catch(() => null);
      if (at && Date.now() - at.mtimeMs > DAY) await rm(path, { force: true });
    }
  }

  /** Lets the courier go. It finishes what it has begun. */
  close(): void {
    this.cancelIdle();
    this.process?.stdin?.end();
    this.process = null;
    for (const { done } of [...this.waiting.values()]) done('Holdfast stopped');
  }

  /** Whoever asks for the same meanwhile gets the same answer, even if the first to get it forgets it at once. */
  private once(id: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.asked.get(id);
    if (known) return known;
    const asked = ask().finally(() => this.asked.delete(id));
    this.asked.set(id, asked);
    return asked;
  }

  private async send(id: string, key: string, url: URL, init: RequestInit): Promise<Answer> {
    const headers = {
      'user-agent': 'holdfast',
      'accept-encoding': 'identity',
      ...Object.fromEntries(new Headers(init.headers)),
    };
    const job = { id, key, file: this.fileOf(id), url: url.href, headers, body: String(init.body ?? '') };
    this.cancelIdle();
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const problem = await new Promise<string | null>((resolve) => {
      const cancelLimit = this.timers.after(LIMIT, () => done('it did not answer in time'));
      const done = (why: string | null) => {
        cancelLimit();
        this.waiting.delete(id);
        resolve(why);
      };
      const courier = this.started();
      this.waiting.set(id, { courier, done });
      courier.stdin?.write(`${JSON.stringify(job)}\n`);
    });
    if (this.waiting.size === 0) this.cancelIdle = this.timers.after(IDLE, () => this.rest());
    const answer = await this.left(id, key);
    if (answer) return answer;
    const how = { taken: false, passing: true };
    throw new RequestFailed(`could not be asked: the process that refreshes logins failed (${problem})`, how);
  }

  private rest(): void {
    this.process?.stdin?.end();
    this.process = null;
  }

  private started(): ChildProcess {
    if (this.process) return this.process;
    const program = fileURLToPath(new URL('./courier.js', import.meta.url));
    const courier = spawn(process.execPath, [program, this.dataFolder], {
      cwd: parse(program).root,
      env: { ...minimalEnvironment(), ...(process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {}) },
      stdio: ['pipe', 'pipe', 'ignore'],
      // A signal to our group must not reach it.
      detached: true,
      windowsHide: true,
    });
    courier.unref();
    courier.stdin?.on('error', () => {});
    const over = (why: string) => {
      if (this.process === courier) this.process = null;
      // The next one may be at work already: what it was given must not be sent twice.
      for (const one of [...this.waiting.values()]) if (one.courier === courier) one.done(why);
    };
    courier.on('error', (error) => over(error.message));
    courier.on('exit', (code, signal) => over(`it ended with ${signal ?? code}`));
    if (courier.stdout) {
      createInterface({ input: courier.stdout }).on('line', (line) => {
        const { id, problem = null } = JSON.parse(line) as { id: string; problem?: string };
        this.waiting.get(id)?.done(problem);
      });
    }
    this.process = courier;
    return courier;
  }

  /** The answer that was left under this id, after waiting for a courier that is still at it; null if there is none. */
  private async left(id: string, key: string): Promise<Answer | null> {
    for (let waited = 0; waited < LIMIT; waited += LOOK_EVERY) {
      const found = await this.read(id, key);
      if (typeof found !== 'number') return found;
      if (isDead(found)) return null;
      await new Promise<void>((resolve) => this.timers.after(LOOK_EVERY, resolve));
    }
    return null;
  }

  /** The answer, the process that is still waiting for it, or null. */
  private async read(id: string, key: string): Promise<Answer | number | null> {
    try {
      const file = fileSchema.parse(JSON.parse(await readFile(this.fileOf(id), 'utf8')));
      return 'running' in file ? file.running : answerSchema.parse(JSON.parse(opened(file, key)));
    } catch {
      return null;
    }
  }

  private fileOf(id: string): string {
    return join(this.folder, `${PREFIX}${id}`);
  }
}

function opened({ iv, tag, text }: { iv: string; tag: string; text: string }, key: string): string {
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), Buffer.from(iv, 'base64url'));
  cipher.setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([cipher.update(Buffer.from(text, 'base64url')), cipher.final()]).toString('utf8');
}
