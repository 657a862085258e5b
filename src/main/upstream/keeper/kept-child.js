import { spawn } from 'node:child_process';
import { endChild } from './end-child.js';
import { encodeText, FRAME, FRAME_HEADER, fillHeader, LONGEST_LINE, offsetOfFrame } from './frames.js';
import { LineSplitter } from './line-splitter.js';
import { CHILD_MARK } from './marked.js';
import { signalGroup, startedAt } from './process-group.js';
import { ALWAYS_READ } from './waiting-output.js';

/** @import { ChildProcessWithoutNullStreams } from 'node:child_process' */
/** @import { Socket } from 'node:net' */
/** @import { ExitMessage, SpawnTarget } from './keeper-messages' */

/** A child that leaves more unread input than this is considered stuck. In bytes. */
const MOST_WAITING_INPUT = 64 * 1024 * 1024;
const STDERR_LINES = 500;
/** Number of standard error lines sent with the exit, since they usually say why it happened. */
const LAST_WORDS = 20;
const STDERR_LINE_BYTES = 8 * 1024;
const QUIET_MS = 100;
const OUTPUT_END_MS = 1000;

/** A process and its group, its pipes, and the output that no supervisor has acknowledged yet. */
export class KeptChild {
  number;
  childId;
  pidStarted;
  /** @type {ChildProcessWithoutNullStreams} */
  #process;
  /** The supervisor's socket; null while none listens. @type {Socket | null} */
  #socket = null;
  /**
   * Unacknowledged lines, as frames. Lines that arrived together share a block, since an object per line would take
   * more memory than the line itself. Acknowledged are all blocks before `#first`, and the first `#taken` lines of that
   * block.
   * @type {({ bytes: Buffer, lines: number } | undefined)[]}
   */
  #blocks = [];
  #first = 0;
  #taken = 0;
  /** Frames of the current chunk. @type {Buffer[]} */
  #batch = [];
  #waiting = 0;
  /** @type {string[]} */
  #stderr = [];
  /** When each of these lines came. @type {number[]} */
  #stderrTimes = [];
  /** @type {Omit<ExitMessage, 'stderr' | 'stderr_times'> | null} */
  #exit = null;
  #told = false;
  /** Why the keeper is ending the process; null when it is not. @type {string | null} */
  #reason = null;
  #lastData = 0;
  /** @type {Promise<void> | null} */
  #ending = null;
  #discarding = false;
  #mayWait;
  #mark;

  /**
   * @param {number} number
   * @param {string} childId
   * @param {ChildProcessWithoutNullStreams} started - the running process
   * @param {Readonly<Record<string, string>>} env - what it was started with, its mark included
   * @param {() => number} mayWait - current limit of waiting bytes; reading pauses above it and resumes at half
   */
  constructor(number, childId, started, env, mayWait) {
    this.#mark = env[CHILD_MARK] ?? '';
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
      this.#stderrTimes.push(Date.now());
      if (this.#stderr.push(line.toString()) <= STDERR_LINES) return;
      this.#stderr.shift();
      this.#stderrTimes.shift();
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
    // A broken pipe is followed by the exit, which says more.
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

  /** Bytes of output that the supervisor has not acknowledged. */
  get waiting() {
    return this.#waiting;
  }

  get stderr() {
    return this.#stderr;
  }

  /** When each line of `stderr` came, in milliseconds since the Unix epoch. */
  get stderrTimes() {
    return this.#stderrTimes;
  }

  /**
   * Sends frames to this socket from now on: the waiting ones first, in order.
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

  /** Called when the supervisor is gone. Output it did not acknowledge waits for the next one. */
  abandon() {
    this.#socket = null;
    // It may fall further behind now.
    if (this.#process.stdout.isPaused() && this.#waiting <= this.#most()) this.#process.stdout.resume();
  }

  /** @param {number} count - of further lines */
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
    if (stdout.isPaused() && this.#waiting <= this.#most() / 2) stdout.resume();
  }

  /** @param {Buffer} bytes - a line with its line break */
  write(bytes) {
    const { stdin } = this.#process;
    if (this.#reason !== null || !stdin.writable) return;
    if (stdin.writableLength + bytes.length > MOST_WAITING_INPUT) {
      this.#giveUp(`did not read its input: ${MOST_WAITING_INPUT / 1024 / 1024} MiB were waiting`);
      return;
    }
    stdin.write(bytes);
  }

  /** Ends the process and its group and reports nothing about it any more. Resolves when it is gone, within 5 s. */
  end() {
    this.#socket = null;
    this.#discarding = true;
    this.#forgetLines();
    const { stdin, stdout } = this.#process;
    stdin.destroy();
    stdout.resume();
    return this.#endGroup();
  }

  /** Kills the process group at once, without a grace period. */
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
    if (this.#waiting > ALWAYS_READ && this.#waiting > this.#most()) this.#process.stdout.pause();
  }

  /** How many bytes may wait now, for the supervisor to handle or for the next supervisor. */
  #most() {
    const most = this.#mayWait();
    return this.#socket === null ? most : Math.min(most, ALWAYS_READ);
  }

  #forgetLines() {
    this.#blocks = [];
    this.#first = 0;
    this.#taken = 0;
    this.#waiting = 0;
  }

  /**
   * Ends a process that still runs but is unusable.
   * @param {string} reason - for the user
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
    this.#ending ??= endChild(this.pid, this.#mark);
    return this.#ending;
  }

  /** The process has ended, but others in its group may still run and hold its pipes open. */
  async #ended() {
    await this.#endGroup();
    const { stdout, stderr } = this.#process;
    const look = () => {
      if (this.#exit !== null) return;
      // Read everything the process wrote, but do not wait for a pipe that some other process keeps open.
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
    const message = {
      ...this.#exit,
      stderr: this.#stderr.slice(-LAST_WORDS),
      stderr_times: this.#stderrTimes.slice(-LAST_WORDS),
    };
    this.#socket.write(encodeText(FRAME.exit, this.number, JSON.stringify(message)));
  }
}

/**
 * Starts a process without a shell, as the leader of its own process group.
 * @param {SpawnTarget} target
 * @returns {Promise<ChildProcessWithoutNullStreams>} rejects with the system's error
 */
export function startProcess({ command, args, cwd, env, verbatim = false }) {
  return new Promise((resolve, reject) => {
    const started = spawn(command, args, {
      cwd: cwd ?? undefined,
      env,
      stdio: 'pipe',
      // Windows has no process groups, and there a process that is not detached dies with the keeper, as it should.
      detached: process.platform !== 'win32',
      windowsHide: true,
      windowsVerbatimArguments: verbatim,
    });
    started.once('error', reject);
    started.once('spawn', () => {
      started.off('error', reject);
      // A signal that cannot be sent must not crash the keeper.
      started.on('error', () => {});
      resolve(started);
    });
  });
}
