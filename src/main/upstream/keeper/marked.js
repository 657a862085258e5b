import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { isDead, startedAt } from './process-group.js';

// Plain JavaScript, because the keeper uses it as well as the supervisor.

/** Environment variable of every process of a server, however it was started: children inherit it. */
export const CHILD_MARK = 'HOLDFAST_CHILD';

/**
 * A process found by its mark.
 * @typedef {object} Marked
 * @property {number} pid
 * @property {string} startedAt tells it apart from a later process with the same pid
 * @property {string} mark
 */

/**
 * Programs that serve the whole user, also when a server happened to start them first, and browsers, which a server may have
 * opened for the user. They are left alone.
 */
const OF_THE_USER =
  /^(?:gpg-agent|keyboxd|dirmngr|scdaemon|ssh-agent|dbus-(?:daemon|broker)|adb|pulseaudio|pipewire|(?:google-)?chrom(?:e|ium)(?:-browser|-stable)?|firefox(?:-bin|-esr)?|msedge|brave(?:-browser)?|opera|vivaldi(?:-bin)?|epiphany|konqueror)$/;
/** Arguments of a browser that a program controls, not a person. */
const IS_CONTROLLED = /(?:^|\0)-{1,2}(?:remote-debugging|headless|marionette|juggler|enable-automation)/;

/**
 * Processes of this user that carry a mark, on Linux and macOS. Windows does not tell: none are found there.
 * @param {(mark: string) => boolean} isWanted
 * @returns {Marked[]}
 */
export function findMarked(isWanted) {
  if (process.platform === 'win32') return [];
  const found = process.platform === 'linux' ? fromProc() : fromPs();
  return found
    .filter(({ pid, mark }) => pid !== process.pid && isWanted(mark) && !isDead(pid))
    .map(({ pid, mark }) => ({ pid, mark, startedAt: startedAt(pid) }))
    .filter((marked) => marked.startedAt !== '');
}

/**
 * Sends a signal to processes that are still the ones that were found.
 * @param {readonly Marked[]} processes
 * @param {NodeJS.Signals} signal
 */
export function signalMarked(processes, signal) {
  for (const { pid, startedAt: started } of processes) {
    try {
      if (startedAt(pid) === started) process.kill(pid, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

function fromProc() {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    const mark = markOf(name);
    return mark === null ? [] : [{ pid: Number(name), mark }];
  });
}

/**
 * The mark of a process, on Linux; null when it has none, serves the whole user or is not this user's.
 * @param {string} pid
 */
export function markOf(pid) {
  try {
    const mark = markIn(readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0'));
    return mark === null || isOfTheUser(pid) ? null : mark;
  } catch {
    return null;
  }
}

/** @param {string} pid */
function isOfTheUser(pid) {
  const program = basename(readlinkSync(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
  return OF_THE_USER.test(program) && !IS_CONTROLLED.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'));
}

function fromPs() {
  try {
    const args = ['-xEww', '-o', 'pid=,command='];
    const lines = execFileSync('ps', args, { encoding: 'utf8', timeout: 2000, stdio: 'pipe', maxBuffer: 2 ** 26 });
    return lines.split('\n').flatMap((line) => {
      const [, pid, command = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? [];
      const [program = ''] = command.split(' ');
      const mark = markIn(command.split(' '));
      const isSpared = OF_THE_USER.test(basename(program)) && !IS_CONTROLLED.test(command.replaceAll(' ', '\0'));
      return pid === undefined || mark === null || isSpared ? [] : [{ pid: Number(pid), mark }];
    });
  } catch {
    return [];
  }
}

/** @param {readonly string[]} variables */
function markIn(variables) {
  const found = variables.find((variable) => variable.startsWith(`${CHILD_MARK}=`));
  return found === undefined ? null : found.slice(CHILD_MARK.length + 1);
}
