import type { Logger } from 'pino';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import { type OutputLine, timed } from '../past-output';
import type { StdioTarget } from '../upstream-ports';
import { AbandonedChildren } from './abandoned-children';
import { type KeeperAddress, KeeperAddressFile } from './address-file';
import { ChildMarks } from './child-mark';
import { minimalEnvironment } from './environment';
import { encodeText, FRAME, LONGEST_LINE } from './frames.js';
import { groupUse } from './group-use';
import { ANSWER_LIMIT_MS, KeeperConnection } from './keeper-connection';
import type { KeeperReplies, PassedConnection, SpawnRequest } from './keeper-messages';
import type { ChildListener, KeeperLink, KeptChild, ProcessUse } from './keeper-ports';
import { KnownChildren } from './known-children';
import { CHILD_MARK } from './marked.js';
import { PortMinder } from './port-minder';
import { signalGroup, startedAt } from './process-group.js';
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

export interface KeeperLinkOptions {
  /** Data folder the keeper belongs to. */
  readonly folder: string;
  readonly log: Logger;
  readonly times?: KeeperTimes;
  /** How long starting a process may take, in ms. */
  readonly spawnLimitMs?: number;
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
  private readonly children: KnownChildren;
  private readonly abandoned: AbandonedChildren;
  private readonly minder: PortMinder;
  private readonly lostListeners: ((pid: number, children: number) => void)[] = [];

  constructor({ folder, log, times = KEEPER_TIMES, spawnLimitMs = SPAWN_LIMIT_MS }: KeeperLinkOptions) {
    this.place = new KeeperAddressFile(folder);
    this.marks = new ChildMarks(folder);
    this.log = log;
    this.times = times;
    this.spawnLimitMs = spawnLimitMs;
    this.children = new KnownChildren({
      send: (frame) => this.connection?.send(frame),
      guard: (work) => this.guard(work),
    });
    this.abandoned = new AbandonedChildren(this.marks);
    this.minder = new PortMinder(() => this.connection, log);
  }

  get keeper(): { readonly pid: number; readonly started_at: number } | null {
    return this.connection?.hello ?? null;
  }

  get found(): readonly KeptChild[] {
    return this.children.all.flatMap(({ kept, listener }) => (listener === null ? [kept] : []));
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
      return this.children.learn(childId, reply, listener).kept;
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
    const acknowledgements = this.children.acknowledgements();
    const frame = encodeText(FRAME.line, known.number, line, true);
    this.connection.send(acknowledgements === null ? frame : Buffer.concat([acknowledgements, frame]));
  }

  async end(childId: string): Promise<void> {
    const known = this.children.get(childId);
    if (known === undefined) return;
    this.children.forget(known);
    // `lost` no longer knows this child, so its group is ended here if the keeper is lost meanwhile.
    await this.connection
      ?.request({ do: 'end', number: known.number }, END_LIMIT_MS, () => {})
      .catch(() => this.abandoned.end(known.kept));
  }

  endStrays(): Promise<number> {
    return this.abandoned.endStrays((childId) => this.children.has(childId));
  }

  async stderr(childId: string): Promise<OutputLine[]> {
    const known = this.children.get(childId);
    if (known === undefined || this.connection === null) return [];
    this.children.acknowledge();
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
    return this.minder.mindsPort;
  }

  async mindPort(port: number, learn: (passed: readonly PassedConnection[]) => void): Promise<void> {
    await this.minder.mindPort(port, learn);
  }

  async freePort(): Promise<void> {
    await this.minder.freePort();
  }

  async shutDoor(): Promise<void> {
    await this.minder.shutDoor();
  }

  async openDoor(): Promise<void> {
    await this.minder.openDoor();
  }

  async release(): Promise<void> {
    const connection = await this.letGo();
    await connection?.request({ do: 'release' }, ANSWER_LIMIT_MS, () => {}).catch(() => {});
    connection?.close();
    await this.abandoned.ended();
  }

  async endAll(): Promise<void> {
    const connection = await this.letGo();
    await connection?.request({ do: 'stop' }, END_LIMIT_MS, () => {}).catch(() => {});
    connection?.close();
    if (connection !== null && this.address !== null) this.place.forget(this.address);
    await this.abandoned.ended();
  }

  /** Detaches from the keeper. Listeners get no further calls. */
  private async letGo(): Promise<KeeperConnection | null> {
    await this.connecting?.catch(() => {});
    const { connection } = this;
    this.children.acknowledge();
    this.connection = null;
    connection?.listen({ onFrame: () => {}, onGone: () => {} });
    this.children.clear();
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
    for (const child of connection.hello.children) this.children.learn(child.child_id, child, null);
    connection.listen({
      onFrame: (type, child, payload) => this.children.take(type, child, payload),
      onGone: () => this.lost(connection),
    });
    void this.minder.mind();
    const { pid, children } = connection.hello;
    this.log.info({ pid, children: children.length }, 'connected to the keeper');
  }

  /** The keeper crashed or was killed. Its children have lost their pipes, so they are ended rather than left over. */
  private lost(connection: KeeperConnection): void {
    if (this.connection !== connection) return;
    const { pid, pid_started } = connection.hello;
    this.connection = null;
    const children = this.children.clear();
    // A keeper that only lost its connection would still hold the children.
    if (pid_started !== '' && startedAt(pid) === pid_started) signalGroup(pid, 'SIGKILL');
    if (this.address !== null) this.place.forget(this.address);
    for (const { kept } of children) this.abandoned.endInBackground(kept);
    this.log.error({ pid, children: children.length }, 'the keeper is gone');
    for (const { listener } of children) {
      this.guard(() => listener?.onExit({ code: null, signal: null, reason: null, keeperLost: true, stderr: [] }));
    }
    this.tellLost(pid, children.length);
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
