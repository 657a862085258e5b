import type { Logger } from 'pino';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { fairTurns, type Pace } from '../fair-turns';
import { type OutputLine, timed } from '../past-output';
import type { StdioTarget } from '../upstream-ports';
import { type KeeperAddress, KeeperAddressFile } from './address-file';
import { ChildMarks } from './child-mark';
import { endChild, endMarked } from './end-child.js';
import { minimalEnvironment } from './environment';
import { encodeAcknowledgement, encodeText, FRAME, LONGEST_LINE } from './frames.js';
import { groupUse } from './group-use';
import { KeeperConnection } from './keeper-connection';
import type { ExitMessage, KeeperReplies, KeptProcess, PassedConnection, SpawnRequest } from './keeper-messages';
import type { ChildListener, KeeperLink, KeptChild, ProcessUse } from './keeper-ports';
import { CHILD_MARK, findMarked } from './marked.js';
import { isDead, signalGroup, startedAt } from './process-group.js';
import { ProcessorUse } from './processor-use';
import { KEEPER_TIMES, type KeeperTimes, startKeeper } from './start-keeper';
import { whyNotStarted } from './why-not-started';
import { windowsCommand } from './windows-command';
import { workFolder } from './work-folder';

/** Usually a few ms. Worth waiting for a slow keeper, since continuing without it would lose its children. */
const ATTACH_LIMIT_MS = 2000;
/** The keeper may not have noticed yet that the previous supervisor was killed. */
const TAKEN_LIMIT_MS = 300;
const TRY_AGAIN_MS = 25;
const SPAWN_LIMIT_MS = 10_000;
const END_LIMIT_MS = 8000;
const ANSWER_LIMIT_MS = 2000;

export interface KeeperLinkOptions {
  /** Data folder the keeper belongs to. */
  readonly folder: string;
  readonly log: Logger;
  readonly times?: KeeperTimes;
  /** How long starting a process may take, in ms. */
  readonly spawnLimitMs?: number;
}

/**
 * Lines of one child that are acknowledged together; fewer go with the next line written, or after a moment. This
 * bounds how many are delivered again if this process is killed. A frame per line would cost more than the line, since
 * it wakes the keeper.
 */
const MOST_TAKEN = 32;
const ACKNOWLEDGE_WITHIN_MS = 5;

interface Known {
  readonly kept: KeptChild;
  readonly number: number;
  /** Null until the child is adopted. */
  listener: ChildListener | null;
  /** Number of lines handled in this turn of the event loop; what they cause may not be stored yet. */
  handled: number;
  /** Number of lines handled but not acknowledged yet. */
  taken: number;
  readonly pace: Pace;
  /** Frames that wait for their turn. The keeper bounds them: it reads no more while so much is not acknowledged. */
  readonly waiting: { readonly type: number; readonly payload: Buffer }[];
}

/** {@link KeeperLink} to a separate process, over a Unix socket or, on Windows, a named pipe. */
export class KeeperProcessLink implements KeeperLink {
  private readonly place: KeeperAddressFile;
  private readonly marks: ChildMarks;
  private readonly processor = new ProcessorUse();
  private readonly log: Logger;
  private readonly times: KeeperTimes;
  private readonly spawnLimitMs: number;
  private address: KeeperAddress | null = null;
  private connection: KeeperConnection | null = null;
  private connecting: Promise<KeeperConnection> | null = null;
  /** The port to mind; null while the endpoint does not listen yet. */
  private port: number | null = null;
  private learnPassed: (passed: readonly PassedConnection[]) => void = () => {};
  /** The keeper that minds the port. */
  private door: KeeperConnection | null = null;
  private readonly children = new Map<string, Known>();
  private readonly byNumber = new Map<number, Known>();
  private readonly lostListeners: ((pid: number, children: number) => void)[] = [];
  /** Children with lines that were handled but not acknowledged. */
  private readonly toAcknowledge = new Set<Known>();
  /** Set while any of them wait. */
  private acknowledgeTimer: NodeJS.Timeout | null = null;
  /** Children with lines handled in this turn. */
  private readonly justHandled = new Set<Known>();
  /** Resolves when their lines may be acknowledged. */
  private settled: Promise<void> = Promise.resolve();
  /** Process groups of a lost keeper that are being ended. */
  private readonly ending = new Set<Promise<void>>();

  constructor({ folder, log, times = KEEPER_TIMES, spawnLimitMs = SPAWN_LIMIT_MS }: KeeperLinkOptions) {
    this.place = new KeeperAddressFile(folder);
    this.marks = new ChildMarks(folder);
    this.log = log;
    this.times = times;
    this.spawnLimitMs = spawnLimitMs;
  }

  get keeper(): { readonly pid: number; readonly started_at: number } | null {
    return this.connection?.hello ?? null;
  }

  get found(): readonly KeptChild[] {
    return Array.from(this.children.values()).flatMap(({ kept, listener }) => (listener === null ? [kept] : []));
  }

  async attach(): Promise<boolean> {
    if (this.connection !== null) return true;
    const address = this.place.read();
    if (address === null) return false;
    const start = performance.now();
    for (;;) {
      const left = ATTACH_LIMIT_MS - (performance.now() - start);
      const result = await KeeperConnection.open(address, Math.max(1, left));
      if (result instanceof KeeperConnection) {
        this.use(result, address);
        return true;
      }
      if (result.why === 'taken') {
        if (performance.now() - start > TAKEN_LIMIT_MS) {
          throw new HoldfastError('already_running', said('said.keeper.taken', { pid: result.pid }));
        }
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
        continue;
      }
      if (result.why === 'absent') this.place.forget(address);
      else this.log.warn(result, 'the earlier keeper cannot be used');
      if (result.why === 'version') this.tellLost(result.pid, result.count);
      return false;
    }
  }

  async spawn(childId: string, target: StdioTarget, listener: ChildListener): Promise<KeptChild> {
    if (this.children.has(childId))
      throw new HoldfastError('internal_error', said('said.keeper.child_there', { id: childId }));
    const connection = await this.connect();
    const env = { ...minimalEnvironment(), ...target.env, [CHILD_MARK]: this.marks.of(childId) };
    const { command, args } = target;
    const cwd = workFolder(target.cwd);
    const executable = process.platform === 'win32' ? windowsCommand(command, args, env) : { command, args };
    const started = (reply: KeeperReplies['spawn']): KeptChild => {
      if (reply.error !== undefined) {
        throw new HoldfastError('server_unavailable', whyNotStarted(target, reply.code));
      }
      return this.learn(childId, reply, listener).kept;
    };
    // The caller was told that the start failed and has moved on.
    const tooLate = (reply: KeeperReplies['spawn']): void => {
      if (reply.error !== undefined) return;
      connection.request({ do: 'end', number: reply.number }, END_LIMIT_MS, () => {}).catch(() => {});
    };
    const what: SpawnRequest = { do: 'spawn', child_id: childId, target: { ...executable, cwd, env } };
    return connection.request(what, this.spawnLimitMs, started, tooLate);
  }

  adopt(childId: string, listener: ChildListener): void {
    const known = this.children.get(childId);
    if (known === undefined || known.listener !== null) {
      throw new HoldfastError('internal_error', said('said.keeper.no_child', { id: childId }));
    }
    known.listener = listener;
    this.connection?.send(encodeText(FRAME.adopt, known.number, ''));
  }

  leave(childId: string): void {
    const known = this.children.get(childId);
    if (known !== undefined) known.listener = null;
  }

  write(childId: string, line: string): void {
    const known = this.children.get(childId);
    if (known === undefined || this.connection === null) return;
    if (Buffer.byteLength(line) > LONGEST_LINE) throw new HoldfastError('payload_too_large');
    const acknowledgements = this.acknowledgements();
    const frame = encodeText(FRAME.line, known.number, line, true);
    this.connection.send(acknowledgements === null ? frame : Buffer.concat([acknowledgements, frame]));
  }

  async end(childId: string): Promise<void> {
    const known = this.children.get(childId);
    if (known === undefined) return;
    this.forget(known);
    // `lost` no longer knows this child, so its group is ended here if the keeper is lost meanwhile.
    await this.connection
      ?.request({ do: 'end', number: known.number }, END_LIMIT_MS, () => {})
      .catch(() => this.endAbandoned(known.kept));
  }

  async endStrays(): Promise<number> {
    const marks = new Set<string>();
    const isStray = (mark: string): boolean => {
      const child = this.marks.childOf(mark);
      return child !== null && !this.children.has(child);
    };
    // A process that is started from now on has a mark of its own.
    for (const { mark } of findMarked(isStray)) marks.add(mark);
    if (marks.size > 0) await endMarked((mark) => marks.has(mark));
    return marks.size;
  }

  async stderr(childId: string): Promise<OutputLine[]> {
    const known = this.children.get(childId);
    if (known === undefined || this.connection === null) return [];
    this.acknowledge();
    const { number } = known;
    return this.connection.request({ do: 'stderr', number }, ANSWER_LIMIT_MS, ({ lines, times }) =>
      timed(lines, times),
    );
  }

  async measure(childIds: readonly string[]): Promise<ReadonlyMap<string, ProcessUse>> {
    const known = childIds.flatMap((id) => this.children.get(id)?.kept ?? []);
    const byPid = await groupUse(known.map(({ pid, child_id }) => ({ pid, mark: this.marks.of(child_id) })));
    this.processor.keepOnly(this.children);
    return new Map(
      known.flatMap(({ pid, child_id }) => {
        const found = byPid?.get(pid);
        // It may have ended meanwhile.
        if (!found || !this.children.has(child_id)) return [];
        return [[child_id, { bytes: found.bytes, percent: this.processor.percentOf(child_id, found.times) }]];
      }),
    );
  }

  onLost(listener: (pid: number, children: number) => void): void {
    this.lostListeners.push(listener);
  }

  get mindsPort(): boolean {
    return this.connection !== null && this.door === this.connection;
  }

  async mindPort(port: number, learn: (passed: readonly PassedConnection[]) => void): Promise<void> {
    this.port = port;
    this.learnPassed = learn;
    await this.mind();
  }

  async freePort(): Promise<void> {
    await this.connection?.request({ do: 'free_port' }, ANSWER_LIMIT_MS, () => {}).catch(() => {});
  }

  async shutDoor(): Promise<void> {
    this.port = 0;
    await this.mind();
    this.door = null;
  }

  async openDoor(): Promise<void> {
    if (!this.mindsPort) return;
    await this.connection?.request({ do: 'open_door' }, ANSWER_LIMIT_MS, () => {}).catch(() => {});
  }

  /** Says which port the keeper is to mind, and lets it pass on what it holds there. */
  private async mind(): Promise<void> {
    const { connection, port } = this;
    if (connection === null || port === null) return;
    try {
      await connection.request({ do: 'mind', port }, ANSWER_LIMIT_MS, (reply) => {
        // A keeper from before an upgrade minds no port.
        if (reply.error !== undefined) return;
        this.door = connection;
        if (reply.passed.length > 0) this.learnPassed(reply.passed);
      });
      if (this.mindsPort) await connection.request({ do: 'pass' }, ANSWER_LIMIT_MS, () => {});
    } catch (error) {
      this.log.warn({ err: error }, 'the keeper does not mind the port');
    }
  }

  async release(): Promise<void> {
    const connection = await this.letGo();
    await connection?.request({ do: 'release' }, ANSWER_LIMIT_MS, () => {}).catch(() => {});
    connection?.close();
    await Promise.all(this.ending);
  }

  async endAll(): Promise<void> {
    const connection = await this.letGo();
    await connection?.request({ do: 'stop' }, END_LIMIT_MS, () => {}).catch(() => {});
    connection?.close();
    if (connection !== null && this.address !== null) this.place.forget(this.address);
    await Promise.all(this.ending);
  }

  /** Detaches from the keeper. Listeners get no further calls. */
  private async letGo(): Promise<KeeperConnection | null> {
    await this.connecting?.catch(() => {});
    const { connection } = this;
    this.acknowledge();
    this.connection = null;
    connection?.listen({ onFrame: () => {}, onGone: () => {} });
    this.children.clear();
    this.byNumber.clear();
    return connection;
  }

  private connect(): Promise<KeeperConnection> {
    if (this.connection !== null) return Promise.resolve(this.connection);
    this.connecting ??= this.findOrStart().finally(() => {
      this.connecting = null;
    });
    return this.connecting;
  }

  private async findOrStart(): Promise<KeeperConnection> {
    if (!(await this.attach())) {
      const connection = await startKeeper(this.place, this.times);
      this.use(connection, this.place.read());
    }
    if (this.connection === null) throw new HoldfastError('server_unavailable', said('said.keeper.gone'));
    return this.connection;
  }

  private use(connection: KeeperConnection, address: KeeperAddress | null): void {
    this.connection = connection;
    this.address = address;
    for (const child of connection.hello.children) this.learn(child.child_id, child, null);
    connection.listen({
      onFrame: (type, child, payload) => this.take(type, child, payload),
      onGone: () => this.lost(connection),
    });
    void this.mind();
    const { pid, children } = connection.hello;
    this.log.info({ pid, children: children.length }, 'connected to the keeper');
  }

  private learn(childId: string, { number, pid, pid_started }: KeptProcess, listener: ChildListener | null): Known {
    const kept = { child_id: childId, pid, pid_started };
    const known: Known = { kept, number, listener, handled: 0, taken: 0, pace: fairTurns.join(), waiting: [] };
    this.children.set(childId, known);
    this.byNumber.set(number, known);
    return known;
  }

  private forget(known: Known): void {
    known.waiting.length = 0;
    this.children.delete(known.kept.child_id);
    this.byNumber.delete(known.number);
    this.toAcknowledge.delete(known);
  }

  private take(type: number, number: number, payload: Buffer): void {
    const known = this.byNumber.get(number);
    if (known === undefined || known.listener === null) return;
    if (known.waiting.length === 0 && mayHandle(known)) this.handle(known, type, payload);
    else {
      known.waiting.push({ type, payload });
      if (known.waiting.length === 1) void this.handleWaiting(known);
    }
  }

  /** Handles what waits, in order. */
  private async handleWaiting(known: Known): Promise<void> {
    const { pace, waiting } = known;
    while (waiting.length > 0) {
      if (!pace.mayGo) await pace.turn();
      if (known.handled > 0) await this.settled;
      let done = 0;
      for (; done < waiting.length && mayHandle(known); done += 1) {
        const { type, payload } = waiting[done] as Known['waiting'][number];
        this.handle(known, type, payload);
      }
      waiting.splice(0, done);
    }
  }

  private handle(known: Known, type: number, payload: Buffer): void {
    if (known.listener === null || this.byNumber.get(known.number) !== known) return;
    if (type === FRAME.line) this.takeLine(known, known.listener, payload);
    else if (type === FRAME.exit) this.takeExit(known, payload);
  }

  private takeExit(known: Known, payload: Buffer): void {
    const { code, signal, reason, stderr, stderr_times }: ExitMessage = JSON.parse(payload.toString());
    this.forget(known);
    this.guard(() =>
      known.listener?.onExit({ code, signal, reason, keeperLost: false, stderr: timed(stderr, stderr_times) }),
    );
    this.connection?.send(encodeText(FRAME.forget, known.number, ''));
  }

  private takeLine(known: Known, listener: ChildListener, payload: Buffer): void {
    this.guard(() => known.pace.spend(listener.onLine(payload.toString())));
    if (this.byNumber.get(known.number) !== known) return;
    known.handled += 1;
    // Messages are stored at the end of the turn, in a microtask queued before the inner one here.
    if (this.justHandled.size === 0) {
      this.settled = new Promise((resolve) => {
        queueMicrotask(() =>
          queueMicrotask(() => {
            this.settle();
            resolve();
          }),
        );
      });
    }
    this.justHandled.add(known);
  }

  /** What was handled is stored, so it may be acknowledged. */
  private settle(): void {
    let isMuch = false;
    for (const known of this.justHandled) {
      known.taken += known.handled;
      known.handled = 0;
      if (this.byNumber.get(known.number) === known) this.toAcknowledge.add(known);
      isMuch ||= known.taken >= MOST_TAKEN;
    }
    this.justHandled.clear();
    if (isMuch) this.acknowledge();
    else if (this.toAcknowledge.size > 0) {
      this.acknowledgeTimer ??= setTimeout(() => this.acknowledge(), ACKNOWLEDGE_WITHIN_MS);
    }
  }

  private acknowledge(): void {
    const frames = this.acknowledgements();
    if (frames !== null) this.connection?.send(frames);
  }

  /** Takes the frames that acknowledge the handled lines; null when there are none. The caller must send them. */
  private acknowledgements(): Buffer | null {
    // Were it left to run, it would wake the keeper for nearly every call.
    clearTimeout(this.acknowledgeTimer ?? undefined);
    this.acknowledgeTimer = null;
    if (this.toAcknowledge.size === 0) return null;
    const frames = Array.from(this.toAcknowledge, ({ number, taken }) => encodeAcknowledgement(number, taken));
    for (const known of this.toAcknowledge) known.taken = 0;
    this.toAcknowledge.clear();
    return Buffer.concat(frames);
  }

  /** The keeper crashed or was killed. Its children have lost their pipes, so they are ended rather than left over. */
  private lost(connection: KeeperConnection): void {
    if (this.connection !== connection) return;
    const { pid, pid_started } = connection.hello;
    this.connection = null;
    const children = Array.from(this.children.values());
    this.children.clear();
    this.byNumber.clear();
    this.toAcknowledge.clear();
    // A keeper that only lost its connection would still hold the children.
    if (pid_started !== '' && startedAt(pid) === pid_started) signalGroup(pid, 'SIGKILL');
    if (this.address !== null) this.place.forget(this.address);
    for (const { kept } of children) this.endInBackground(kept);
    this.log.error({ pid, children: children.length }, 'the keeper is gone');
    for (const { listener } of children) {
      this.guard(() => listener?.onExit({ code: null, signal: null, reason: null, keeperLost: true, stderr: [] }));
    }
    this.tellLost(pid, children.length);
  }

  /** The pid may have been reused since, but not the mark. */
  private async endAbandoned({ child_id, pid, pid_started }: KeptChild): Promise<void> {
    const mark = this.marks.of(child_id);
    const isStill = pid_started !== '' && startedAt(pid) === pid_started;
    // The number of a group without a leader cannot have been reused yet.
    if (isStill || isDead(pid)) await endChild(pid, mark);
    else await endMarked((found) => found === mark);
  }

  private endInBackground(kept: KeptChild): void {
    const ending = this.endAbandoned(kept).finally(() => this.ending.delete(ending));
    this.ending.add(ending);
  }

  private tellLost(pid: number, children: number): void {
    for (const listener of this.lostListeners) this.guard(() => listener(pid, children));
  }

  /** Keeps a listener that throws from costing the others their lines. */
  private guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.log.error(error, 'a listener of the keeper threw');
    }
  }
}

/** Whether the next line may be handled now: it is the child's turn, and not too many are to be acknowledged together. */
const mayHandle = ({ pace, handled }: Known): boolean => pace.mayGo && handled < MOST_TAKEN;
