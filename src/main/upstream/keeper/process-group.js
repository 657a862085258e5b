import { execFile, execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

// Plain JavaScript, because the keeper uses it as well as the supervisor.

const GRACE_MS = 2000;
const LAST_WAIT_MS = 2000;
const LOOK_AGAIN_MS = 100;

/** @type {string | undefined} */
let bootId;

/**
 * Start time of a process in the system's own format, or '' when there is no such process or the system does not say.
 * It tells apart two processes that used the same pid one after the other.
 * @param {number} pid
 * @returns {string}
 */
export function startedAt(pid) {
  try {
    if (process.platform === 'linux') {
      bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return `${bootId}:${statOf(pid).startTime}`;
    }
    if (process.platform === 'win32') return '';
    const env = { ...process.env, LC_ALL: 'C' };
    const args = ['-o', 'lstart=', '-p', String(pid)];
    return execFileSync('ps', args, { env, encoding: 'utf8', timeout: 2000, stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
}

/**
 * Ends a process group: SIGTERM, then SIGKILL after `graceMs` (2 s by default). Resolves when none of its processes
 * runs any more, or 2 s after SIGKILL: within 5 s by default. On Windows the process and its descendants are killed at
 * once.
 * @param {number} pid - of the group's leader
 * @param {number} [graceMs]
 * @returns {Promise<void>}
 */
export async function endGroup(pid, graceMs = GRACE_MS) {
  if (process.platform === 'win32') return endTree(pid);
  if (!signalGroup(pid, 'SIGTERM') || (await isGoneWithin(pid, graceMs))) return;
  signalGroup(pid, 'SIGKILL');
  await isGoneWithin(pid, LAST_WAIT_MS);
}

/**
 * Sends a signal to a process group; on Windows, to the process only. Signal 0 only checks whether the group exists.
 * @param {number} pid - of the group's leader
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} false when the signal could not be sent, usually because there is no such group
 */
export function signalGroup(pid, signal) {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {number} pid
 * @param {number} limitMs
 */
async function isGoneWithin(pid, limitMs) {
  const start = performance.now();
  let looked = start;
  for (let wait = 2; ; wait = Math.min(wait * 2, 50)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    if (!signalGroup(pid, 0)) return true;
    const now = performance.now();
    // Zombies that their parent has not reaped still count as a group.
    if (now - looked > LOOK_AGAIN_MS) {
      looked = now;
      if (process.platform === 'linux' && isGroupOfDead(pid)) return true;
    }
    if (now - start > limitMs) return false;
  }
}

/** @param {number} group */
function isGroupOfDead(group) {
  return readdirSync('/proc').every((name) => {
    if (!/^\d+$/.test(name)) return true;
    try {
      const stat = statOf(Number(name));
      return stat.group !== group || stat.state === 'Z' || stat.state === 'X';
    } catch {
      return true;
    }
  });
}

/**
 * Whether the process does not exist or, on Linux, has ended without being reaped yet.
 * @param {number} pid
 */
export function isDead(pid) {
  try {
    if (process.platform === 'linux') return statOf(pid).state === 'Z';
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

/**
 * Process group of a process.
 * @param {number} pid
 * @returns {number | null} null when there is no such process, or no /proc
 */
export function groupOf(pid) {
  try {
    return statOf(pid).group;
  } catch {
    return null;
  }
}

/** @param {number} pid */
function statOf(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The program's name is in parentheses and may contain anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0], group: Number(fields[2]), startTime: fields[19] };
}

/**
 * Windows has no process groups, so this kills the process and its descendants.
 * @param {number} pid
 * @returns {Promise<void>}
 */
function endTree(pid) {
  return new Promise((resolve) => {
    execFile('taskkill', ['/PID', String(pid), '/T', '/F'], { timeout: 5000, windowsHide: true }, () => resolve());
  });
}
