import { type ChildProcess, spawn } from 'node:child_process';
import { createDecipheriv } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type Sentence, said } from '../../../../shared/messages/said';
import { DAY, type Ms, SECOND } from '../../../../shared/model/units';
import { RequestFailed } from '../../../http-client/failures';
import type { Timers } from '../../../platform/ports';
import { minimalEnvironment } from '../../keeper/environment';
import { isDead } from '../../keeper/process-group.js';
import { allowedAddress, type OAuthFetch, responseOf } from '../oauth-fetch';
import { type CourierAnswer, type CourierJob, courierAnswerSchema } from './courier-job';

/** How long a courier is kept when it has nothing to do. */
const IDLE: Ms = 20 * SECOND;
/** A courier gives a request up before this. */
const LIMIT: Ms = 25 * SECOND;
const LOOK_EVERY: Ms = 100;
const PREFIX = 'refresh-';

const fileSchema = z.union([
  z.object({ running: z.number() }),
  z.object({ iv: z.string(), tag: z.string(), text: z.string() }),
]);

/**
 * Sends requests that must not be lost, through a process of its own: if this one is killed, the answer is still taken and
 * left on the disk, sealed with a key that only the vault has.
 */
export class CourierLink {
  private readonly folder: string;
  private readonly dataFolder: string;
  private readonly program: () => Promise<string>;
  private readonly timers: Timers;
  private process: ChildProcess | null = null;
  private readonly waiting = new Map<
    string,
    { readonly courier: ChildProcess; readonly done: (problem: string | null) => void }
  >();
  private readonly asked = new Map<string, Promise<CourierAnswer>>();
  private cancelIdle = () => {};

  /** @param program - path of the courier's program; asked for when one is started */
  constructor(dataFolder: string, timers: Timers, program: () => Promise<string> = besideThis) {
    this.dataFolder = dataFolder;
    this.program = program;
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
      const send = () => this.send({ id, key, allowsLoopback }, url, init);
      const answer = await this.once(id, async () => (await this.left(id, key)) ?? send());
      if ('status' in answer) return responseOf(url, answer);
      // The courier says it as we do.
      throw new RequestFailed(answer.error as Sentence, answer);
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
    for (const { done } of [...this.waiting.values()]) done(said('said.login.courier_stopped'));
  }

  /** Whoever asks for the same meanwhile gets the same answer, even if the first to get it forgets it at once. */
  private once(id: string, ask: () => Promise<CourierAnswer>): Promise<CourierAnswer> {
    const known = this.asked.get(id);
    if (known) return known;
    const asked = ask().finally(() => this.asked.delete(id));
    this.asked.set(id, asked);
    return asked;
  }

  private async send(
    { id, key, allowsLoopback }: Pick<CourierJob, 'id' | 'key' | 'allowsLoopback'>,
    url: URL,
    init: RequestInit,
  ): Promise<CourierAnswer> {
    const headers = Object.fromEntries(new Headers(init.headers));
    const body = String(init.body ?? '');
    const job: CourierJob = { id, key, allowsLoopback, file: this.fileOf(id), url: url.href, headers, body };
    this.cancelIdle();
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
    const courier = await this.started();
    const problem = await new Promise<string | null>((resolve) => {
      const cancelLimit = this.timers.after(LIMIT, () => done(said('said.keeper.why_slow')));
      const done = (why: string | null) => {
        cancelLimit();
        this.waiting.delete(id);
        resolve(why);
      };
      this.waiting.set(id, { courier, done });
      courier.stdin?.write(`${JSON.stringify(job)}\n`);
    });
    if (this.waiting.size === 0) this.cancelIdle = this.timers.after(IDLE, () => this.rest());
    const answer = await this.left(id, key);
    if (answer) return answer;
    const how = { taken: false, passing: true };
    throw new RequestFailed(said('said.login.courier', { why: problem ?? '' }), how);
  }

  private rest(): void {
    this.process?.stdin?.end();
    this.process = null;
  }

  private async started(): Promise<ChildProcess> {
    const program = await this.program();
    if (this.process) return this.process;
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
    courier.on('exit', (code, signal) => over(said('said.login.courier_ended', { how: signal ?? code ?? '' })));
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
  private async left(id: string, key: string): Promise<CourierAnswer | null> {
    for (let waited = 0; waited < LIMIT; waited += LOOK_EVERY) {
      const found = await this.read(id, key);
      if (typeof found !== 'number') return found;
      if (isDead(found)) return null;
      await new Promise<void>((resolve) => this.timers.after(LOOK_EVERY, resolve));
    }
    return null;
  }

  /** The answer, the process that is still waiting for it, or null. */
  private async read(id: string, key: string): Promise<CourierAnswer | number | null> {
    try {
      const file = fileSchema.parse(JSON.parse(await readFile(this.fileOf(id), 'utf8')));
      return 'running' in file ? file.running : courierAnswerSchema.parse(JSON.parse(opened(file, key)));
    } catch {
      return null;
    }
  }

  private fileOf(id: string): string {
    return join(this.folder, `${PREFIX}${id}`);
  }
}

const besideThis = async () => fileURLToPath(new URL('./courier.js', import.meta.url));

function opened({ iv, tag, text }: { iv: string; tag: string; text: string }, key: string): string {
  const cipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), Buffer.from(iv, 'base64url'));
  cipher.setAuthTag(Buffer.from(tag, 'base64url'));
  return Buffer.concat([cipher.update(Buffer.from(text, 'base64url')), cipher.final()]).toString('utf8');
}
