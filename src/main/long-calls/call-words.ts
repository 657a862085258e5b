import { HOUR, MIB, MINUTE, type Ms, SECOND } from '../../shared/model/units';
import { OWN_TOOLS } from '../mcp/own-tools';
import { LONGEST_ANSWER } from './long-call-ports';
import type { Progress } from './progress';

/** A time in words for a model: `55 s`, `2 min 5 s`, `1 h 3 min`. */
export function durationWords(time: Ms): string {
  const seconds = Math.max(0, Math.round(time / SECOND));
  const [hours, minutes] = [Math.floor(seconds / (HOUR / SECOND)), Math.floor(seconds / (MINUTE / SECOND)) % 60];
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  const rest = seconds % 60;
  if (minutes > 0) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  return `${seconds} s`;
}

/** Progress in words: ` Progress: 3 of 10, compiling.`; empty if there is none. */
export function progressWords(progress: Progress | null): string {
  if (progress === null) return '';
  const { progress: done, total, message } = progress;
  const counted = total === undefined ? String(done) : `${done} of ${total}`;
  return ` Progress: ${counted}${message === undefined || message === '' ? '' : `, ${message}`}.`;
}

/** That its server waits for somebody to answer what it asked. */
const asking = (questions: number): string =>
  questions === 0
    ? ''
    : ` The server asks ${questions === 1 ? 'something' : `${questions} things`} and waits for the answer, for 10 minutes: tell the person to look in this client.`;

/** What a model reads in place of the result of a call that goes on. */
export const stillRunning = (handle: string, running: Ms, progress: Progress | null, questions = 0): string =>
  `Still running after ${durationWords(running)}.${progressWords(progress)}${asking(questions)} The call goes on; do not make it again. ` +
  `Call ${OWN_TOOLS.result} with handle "${handle}" to wait for its result.`;

/** Why a call is given up, for its server. */
export const BY_USER = 'The call was cancelled in Holdfast by its user.';
export const BY_CLIENT = 'The call was cancelled by its client.';

/** What a model reads in place of a result that was never kept, being too long. */
export const tooLong = (bytes: number): string =>
  `The result was ${Math.round(bytes / MIB)} MiB; with a handle Holdfast keeps ${LONGEST_ANSWER / MIB} MiB at most.`;

/** What a model reads about a handle that leads to no result. */
export const NO_RESULT = {
  unknown:
    `There is no call with this handle. A handle belongs to the client that got it. ` +
    `Call ${OWN_TOOLS.results} for the handles that you have.`,
  gone: 'The result is gone: Holdfast keeps a result for 24 hours, less when many or large ones came after it.',
  cancelled: 'The call was cancelled. There is no result.',
  lost: 'The result is lost; its outcome is unknown.',
  restarted: `Holdfast was restarted. Call ${OWN_TOOLS.result} again with the same handle.`,
} as const;
