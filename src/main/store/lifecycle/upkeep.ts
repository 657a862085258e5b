import { rmSync } from 'node:fs';
import { DAY, MIB, type Ms } from '../../../shared/model/units';
import { beginBackup, type CopyLimits, finishBackup, listBackups, trimBackups } from './backup';
import type { StoreLog } from './database';
import { inspect } from './inspection';
import { type DatabaseFiles, trimSetAside } from './recovery';

const BACKUP_PERIOD: Ms = DAY;

export interface UpkeepDeps {
  readonly files: DatabaseFiles;
  readonly log: StoreLog;
  /** The previous run did not close the database. */
  readonly unclean: boolean;
  /** Called whenever a check finds the database damaged. */
  readonly onDamage: () => void;
}

/** Checks the database and backs it up: daily, and after a run that did not end properly. */
export class Upkeep {
  private readonly deps: UpkeepDeps;
  private readonly ending = new AbortController();
  private unchecked: boolean;
  private running: Promise<void> | null = null;
  private limits: CopyLimits = { bytes: 2_048 * MIB, age: 30 * DAY };

  constructor(deps: UpkeepDeps) {
    this.deps = deps;
    this.unchecked = deps.unclean;
  }

  /** What backups, and damaged databases that were set aside, may take each. From the next {@link run} on. */
  limit(limits: CopyLimits): void {
    this.limits = limits;
  }

  /**
   * Does what is due. Resolves when done and never rejects: a failure is logged, and the next call tries again.
   * @param agedTo - the time by which copies are too old; a clock that is wrong must not remove any
   */
  run(now: Ms, agedTo = now): Promise<void> {
    if (this.running) return this.running;
    // One from a time that has not come says nothing of when the last was taken.
    const newest = listBackups(this.deps.files.backups).find(({ at }) => at <= now)?.at ?? 0;
    this.trim(now, agedTo);
    if (!this.unchecked && now - newest < BACKUP_PERIOD) return Promise.resolve();
    this.running = this.checkAndBackUp(now, agedTo).finally(() => {
      this.running = null;
    });
    return this.running;
  }

  /** Aborts the check or backup that is running. */
  close(): void {
    this.ending.abort();
  }

  private async checkAndBackUp(now: Ms, agedTo: Ms): Promise<void> {
    const { files, log, onDamage } = this.deps;
    let unfinished: string | null = null;
    try {
      unfinished = beginBackup(files.backups, now);
      const { intact, copied } = await inspect(files.database, unfinished, this.ending.signal);
      if (!intact) {
        onDamage();
        return;
      }
      if (!copied) throw new Error('The copy of the database fails its check.');
      finishBackup(files.backups, unfinished, now);
      this.trim(now, agedTo);
      this.unchecked = false;
      log.info('database checked and backed up');
    } catch (error) {
      if (!this.ending.signal.aborted)
        log.warn({ err: error }, 'the database could not be backed up; trying again later');
    } finally {
      if (unfinished) rmSync(unfinished, { force: true });
    }
  }

  private trim(now: Ms, agedTo: Ms): void {
    const { files, log } = this.deps;
    try {
      trimBackups(files.backups, this.limits, now, agedTo);
      trimSetAside(files.database, this.limits, now, agedTo);
    } catch (error) {
      log.warn({ err: error }, 'old copies of the database could not be removed; trying again later');
    }
  }
}
