import type { HoldfastEvent } from '../../../shared/contract/event';
import { MONITOR_CLOSE } from '../../../shared/contract/monitor-messages';
import { type Ms, SECOND } from '../../../shared/model/units';
import type { Services } from '../../services';
import { FrameMaker } from './frames';
import type { Monitor, MonitorSources } from './monitor';
import { MonitorSnapshots } from './snapshots';

const HEALTH_PERIOD: Ms = 5 * SECOND;
/** Monitors are pinged in every third health round, so every 15 s. */
const PING_ROUNDS = 3;

/**
 * All connected monitors. Events go out in the turn of the event loop after their commit, each encoded once for all who may
 * see it; health updates go out every 5 s. Without monitors, nothing runs and nothing is read.
 */
export class MonitorHub {
  readonly sources: MonitorSources;
  private readonly services: Services;
  private readonly snapshots: MonitorSnapshots;
  private readonly frames: FrameMaker;
  private readonly monitors = new Set<Monitor>();
  private readonly unsubscribe: () => void;
  private waiting: HoldfastEvent[] = [];
  private endRounds: (() => void) | null = null;
  private round = 0;

  constructor(services: Services) {
    this.services = services;
    const { epoch, version } = services.info();
    const snapshots = new MonitorSnapshots(services, epoch);
    const frames = new FrameMaker(services.manager, epoch);
    this.snapshots = snapshots;
    this.frames = frames;
    this.sources = {
      epoch,
      version,
      frames,
      events: services.store.events,
      clock: services.clock,
      snapshot: (scope) => snapshots.snapshot(scope),
      onProblem: (error) => this.report(error),
    };
    this.unsubscribe = services.bus.subscribe((events) => this.take(events));
  }

  get size(): number {
    return this.monitors.size;
  }

  /** Serves a monitor until {@link remove} is called. */
  add(monitor: Monitor): void {
    this.monitors.add(monitor);
    this.endRounds ??= this.services.timers.every(HEALTH_PERIOD, () => this.runRound());
  }

  remove(monitor: Monitor): void {
    this.monitors.delete(monitor);
    if (this.monitors.size > 0) return;
    this.endRounds?.();
    this.endRounds = null;
  }

  /** Closes the monitors of a caller who has lost access. */
  endRightOf(name: string): void {
    for (const monitor of this.monitors) {
      if (monitor.name === name) monitor.close(MONITOR_CLOSE.unauthorized, 'the key was taken away');
    }
  }

  /** Closes all monitors because Holdfast is stopping. */
  close(): void {
    this.unsubscribe();
    this.endRounds?.();
    this.endRounds = null;
    for (const monitor of this.monitors) monitor.close(MONITOR_CLOSE.goingAway, 'Holdfast is stopping');
  }

  private take(events: readonly HoldfastEvent[]): void {
    if (this.monitors.size === 0) return;
    // The caller that caused the events gets its answer first.
    if (this.waiting.length === 0) setImmediate(() => this.flush());
    this.waiting.push(...events);
  }

  private flush(): void {
    const events = this.waiting;
    this.waiting = [];
    try {
      const batched = [...this.monitors].filter((monitor) => monitor.batched);
      const others = [...this.monitors].filter((monitor) => !monitor.batched);
      for (const { session_id } of events) if (session_id !== null) this.snapshots.noteChange(session_id);
      if (others.length > 0) {
        for (const frame of this.frames.ofEvents(events)) for (const monitor of others) monitor.deliver(frame);
      }
      if (batched.length > 0) {
        for (const frame of this.frames.ofBatches(events)) for (const monitor of batched) monitor.deliverBatch(frame);
      }
      for (const event of events) if (event.kind === 'client_removed') this.endRightOf(event.payload.client_id);
    } catch (error) {
      this.report(error);
    }
  }

  private runRound(): void {
    this.round += 1;
    try {
      // A health update names the newest event, so everything up to that must go out first.
      this.flush();
      const health = this.snapshots.healthRound();
      for (const monitor of this.monitors) {
        monitor.sendHealth(() => health(monitor.scope, monitor.changesOnly));
        monitor.check();
        if (this.round % PING_ROUNDS === 0) monitor.ping();
      }
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    this.services.log.error({ err: error }, 'monitors could not be served');
  }
}
