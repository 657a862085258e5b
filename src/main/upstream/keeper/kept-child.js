import { spawn } from 'node:child_process';
import { encodeText, FRAME, FRAME_HEADER, fillHeader, LONGEST_LINE, offsetOfFrame } from './frames.js';
import { LineSplitter } from './line-splitter.js';
import { endGroup, signalGroup, startedAt } from './process-group.js';
import { ALWAYS_READ } from './waiting-output.js';

/** @import { ChildProcessWithoutNullStreams } from 'node:child_process' */
/** @import { Socket } from 'node:net' */
/** @import { ExitMessage, SpawnTarget } from './keeper-messages' */

/** A child that leaves more of its input unread is stuck. */
const MOST_WAITING_INPUT = 64 * 1024 * 1024;
const STDERR_LINES = 500;
/** Lines of standard error output that go with the news of an end: they say why. */
const LAST_WORDS = 20;
const STDERR_LINE_BYTES = 8 * 1024;
const QUIET_MS = 100;
const OUTPUT_END_MS = 1000;

/** One process with its group: its pipes, and what it said that no supervisor has taken yet. */
export class KeptChild {
  number;
  childId;
  pidStarted;
  /** @type {ChildProcessWithoutNullStreams} */
  #process;
  /** The supervisor's; null while none listens. @type {Socket | null} */
  #socket = null;
  /**
   * Lines that are not acknowledged, as frames. Those that came together lie together: an object for each would need more
   * memory than what is in it. Blocks before `#first` are done, and `#taken` lines of the first one.
   * @type {({ bytes: Buffer, lines: number } | undefined)[]}
   */
  #blocks = [];
  #first = 0;
  #taken = 0;
  /** Frames of the present chunk. @type {Buffer[]} */
  #batch = [];
  #waiting = 0;
  /** @type {string[]} */
  #stderr = [];
  /** @type {Omit<ExitMessage, 'stderr'> | null} */
  #exit = null;
  #told = false;
  /** Why it is ended, when not by its own will. @type {string | null} */
  #reason = null;
  #lastData = 0;
  /** @type {Promise<void> | null} */
  #ending = null;
  #discarding = false;
  #mayWait;

  /**
   * @param {number} number
   * @param {string} childId
   * @param {ChildProcessWithoutNullStreams} started - that runs
   * @param {() => number} mayWait - so many bytes may wait now before it is not read any more; it goes on at half of them
   */
  constructor(number, childId, started, mayWait) {
    this.#mayWait = mayWait;
    this.number = number;
    this.childId = childId;
    this.#process = started;
    this.pidStarted = startedAt(this.pid);
    const output = new LineSplitter(
      LONGEST_LINE,
      (frame) => this.#batch.push(frame),
      () => this.#giveUp(`wrote a line of more than ${LONGEST_LINE / 1024 / 1024} MiB`),
      FRAME_HEADER,
    );
    /** @param {Buffer} line */
    const keepStderr = (line) => {
      if (this.#stderr.push(line.toString()) > STDERR_LINES) this.#stderr.shift();
    };
    const errors = new LineSplitter(STDERR_LINE_BYTES, keepStderr, keepStderr);
    started.stdout.on('data', (chunk) => {
      this.#lastData = performance.now();
      if (this.#discarding) return;
      output.push(chunk);
      this.#keepBatch();
    });
    started.stdout.on('end', () => {
      output.end();
      this.#keepBatch();
      this.#outputEnded();
    });
    started.stderr.on('data', (chunk) => errors.push(chunk));
    started.stderr.on('end', () => errors.end());
    // A pipe that breaks is followed by the exit, which says more.
    for (const pipe of [started.stdin, started.stdout, started.stderr]) pipe.on('error', () => {});
    started.on('exit', () => this.#ended());
    started.on('close', (code, signal) => {
      this.#exit = { code, signal, reason: this.#reason };
      this.#tellExit();
    });
  }

  get pid() {
    return /** @type {number} */ (this.#process.pid);
  }

  /** Bytes that the supervisor has not acknowledged. */
  get waiting() {
    return this.#waiting;
  }

  get stderr() {
    return this.#stderr;
  }

  /**
   * From now on frames go to this socket: first what waits, in order, then what comes.
   * @param {Socket} socket
   */
  adopt(socket) {
    this.#socket = socket;
    this.#told = false;
    socket.cork();
    for (let index = this.#first; index < this.#blocks.length; index += 1) {
      const { bytes } = /** @type {{ bytes: Buffer }} */ (this.#blocks[index]);
      socket.write(index === this.#first ? bytes.subarray(offsetOfFrame(bytes, this.#taken)) : bytes);
    }
    socket.uncork();
    this.#tellExit();
  }

  /** The supervisor is gone: what it did not acknowledge waits for the next one. */
  abandon() {
    this.#socket = null;
  }

  /** @param {number} count */
  acknowledge(count) {
    this.#taken += count;
    for (; this.#first < this.#blocks.length; this.#first += 1) {
      const { bytes, lines } = /** @type {{ bytes: Buffer, lines: number }} */ (this.#blocks[this.#first]);
      if (this.#taken < lines) break;
      this.#taken -= lines;
      this.#waiting -= bytes.length;
      this.#blocks[this.#first] = undefined;
    }
    if (this.#first === this.#blocks.length) this.#forgetLines();
    else if (this.#first > 4096) {
      this.#blocks.splice(0, this.#first);
      this.#first = 0;
    }
    const { stdout } = this.#process;
    if (stdout.isPaused() && this.#waiting <= this.#mayWait() / 2) stdout.resume();
  }

  /** @param {Buffer} bytes - a line with its break */
  write(bytes) {
    const { stdin } = this.#process;
    if (this.#reason !== null || !stdin.writable) return;
    if (stdin.writableLength + bytes.length > MOST_WAITING_INPUT) {
      this.#giveUp(`did not read its input: ${MOST_WAITING_INPUT / 1024 / 1024} MiB were waiting`);
      return;
    }
    stdin.write(bytes);
  }

  /** Ends it and its group. Nothing of it is told any more. Resolves when it is gone, within 5 s. */
  end() {
    this.#socket = null;
    this.#discarding = true;
    this.#forgetLines();
    const { stdin, stdout } = this.#process;
    stdin.destroy();
    stdout.resume();
    return this.#endGroup();
  }

  /** Kills it at once, when there is no time for more. */
  kill() {
    signalGroup(this.pid, 'SIGKILL');
  }

  #keepBatch() {
    const frames = this.#batch;
    const [first] = frames;
    if (first === undefined) return;
    this.#batch = [];
    for (const frame of frames) fillHeader(frame, FRAME.line, this.number);
    const bytes = frames.length === 1 ? first : Buffer.concat(frames);
    this.#blocks.push({ bytes, lines: frames.length });
    this.#waiting += bytes.length;
    this.#socket?.write(bytes);
    if (this.#waiting > ALWAYS_READ && this.#waiting > this.#mayWait()) this.#process.stdout.pause();
  }

  #forgetLines() {
    this.#blocks = [];
    this.#first = 0;
    this.#taken = 0;
    this.#waiting = 0;
  }

  /**
   * It runs, but is of no use any more.
   * @param {string} reason
   */
  #giveUp(reason) {
    if (this.#reason !== null) return;
    this.#reason = reason;
    this.#process.stdin.destroy();
    void this.#endGroup();
  }

  #outputEnded() {
    const limit = setTimeout(() => {
      if (this.#process.exitCode === null && this.#process.signalCode === null) this.#giveUp('closed its output');
    }, OUTPUT_END_MS);
    limit.unref();
  }

  #endGroup() {
    this.#ending ??= endGroup(this.pid);
    return this.#ending;
  }

  /** The process has ended, but others of its group may run, and may hold its pipes. */
  async #ended() {
    await this.#endGroup();
    const { stdout, stderr } = this.#process;
    const look = () => {
      if (this.#exit !== null) return;
      // What it wrote before its end is read to the end; a pipe that some stranger keeps open is not waited for.
      const isRead = !stdout.isPaused() && performance.now() - this.#lastData > QUIET_MS;
      if (!isRead) return void setTimeout(look, QUIET_MS);
      stdout.destroy();
      stderr.destroy();
    };
    setTimeout(look, QUIET_MS);
  }

  #tellExit() {
    if (this.#exit === null || this.#socket === null || this.#told) return;
    this.#told = true;
    /** @type {ExitMessage} */
    const message = { ...this.#exit, stderr: this.#stderr.slice(-LAST_WORDS) };
    this.#socket.write(encodeText(FRAME.exit, this.number, JSON.stringify(message)));
  }
}

/**
 * Starts a process without a shell, as the leader of a group of its own.
 * @param {SpawnTarget} target
 * @returns {Promise<ChildProcessWithoutNullStreams>} rejects with the error of the system
 */
export function startProcess({ command, args, cwd, env, verbatim = false }) {
  return new Promise((resolve, reject) => {
    const started = spawn(command, args, {
      cwd: cwd ?? undefined,
      env,
      stdio: 'pipe',
      // On Windows a process that is not detached dies with the keeper, which is wanted; there are no groups there.
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: verbatim,
    });
    started.once('error', reject);
    started.once('spawn', () => {
      started.off('error', reject);
      // A signal that cannot be sent is no reason to fall.
      started.on('error', () => {});
      resolve(started);
    });
  });
}
