import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { PostReply } from '#src/main/endpoint/mcp/streams/post-reply';
import { systemTimers } from '#src/main/platform/node';
import type { SystemClock, Timers } from '#src/main/platform/ports';
import { EventBus } from '#src/main/sessions/event-bus';
import { readSettings } from '#src/main/settings';
import { startSupervisor } from '#src/main/supervisor';
import type { EventKind } from '#src/shared/contract/event';

/*
 * The supervisor as the headless host runs it, but for a few things that its parent may order: to be stopped by a signal and to
 * find, when it goes on, that more time has passed; to wake from a sleep; to have its wall clock set; to hold back the moment at which
 * a slow reply turns into a stream; to be killed when an event is committed, before anybody has heard of it or as soon as all have; and
 * to be killed when the second id of a call that is made again goes to the disk, before or after.
 */

export type Order =
  | { stopAndSkip: number }
  | { holdReplies: boolean }
  | { setWall: number }
  | { sleep: number }
  | { dieAt: EventKind; heard: boolean }
  | { dieAtSecondId: 'before' | 'after' }
  | { quit: true };

/** A reply that is not ready within this time turns into a stream. */
const REPLY_TIME = 50;

let skipped = 0;
/** How long the machine slept, as Linux counts: the monotonic clock stood still. */
let slept = 0;
let holdsReplies = false;
/** How far the wall clock is off. The other clocks do not notice. */
let wall = Number(process.env.WALL ?? 0);
const clock: SystemClock = {
  now: () => Date.now() + skipped + slept + wall,
  monotonic: () => performance.now() + skipped,
  uptime: () => performance.now() + skipped + slept,
};
const timers: Timers = {
  after: (delay, work) => systemTimers.after(holdsReplies && delay === REPLY_TIME ? 600_000 : delay, work),
  every: (period, work) => systemTimers.every(period, work),
};

let dieAt: { kind: EventKind; heard: boolean } | null = null;
const { publish } = EventBus.prototype;
EventBus.prototype.publish = function (events) {
  const isMet = events.some(({ kind }) => kind === dieAt?.kind);
  if (isMet && !dieAt?.heard) process.kill(process.pid, 'SIGKILL');
  publish.call(this, events);
  if (isMet) process.kill(process.pid, 'SIGKILL');
};

let dieAtSecondId: 'before' | 'after' | null = null;
const { sentAgain } = PostReply.prototype;
PostReply.prototype.sentAgain = function (...ids) {
  if (dieAtSecondId === 'before') process.kill(process.pid, 'SIGKILL');
  sentAgain.apply(this, ids);
  if (dieAtSecondId === 'after') process.kill(process.pid, 'SIGKILL');
};

const settings = readSettings(process.env);
const supervisor = await startSupervisor({
  settings,
  clock,
  timers,
  version: '0.0.0-test',
  uiFolder: join(settings.folder, 'no-window'),
});
process.on('message', (order: Order) => {
  if ('holdReplies' in order) {
    holdsReplies = order.holdReplies;
    process.send?.({ held: holdsReplies });
  } else if ('stopAndSkip' in order) {
    process.kill(process.pid, 'SIGSTOP');
    // From here on it runs again.
    skipped += order.stopAndSkip;
    process.send?.({ skipped });
  } else if ('sleep' in order) {
    slept += order.sleep;
    process.send?.({ slept });
  } else if ('dieAt' in order) {
    dieAt = { kind: order.dieAt, heard: order.heard };
    process.send?.({ dieAt });
  } else if ('dieAtSecondId' in order) {
    ({ dieAtSecondId } = order);
    process.send?.({ dieAtSecondId });
  } else if ('setWall' in order) {
    wall = order.setWall;
    process.send?.({ wall });
  } else void supervisor.stop('expected').then(() => process.exit(0));
});
// A worker that was killed must leave nothing behind.
process.on('disconnect', () => process.exit(1));
process.send?.({ url: supervisor.url, adminKey: supervisor.adminKey });
