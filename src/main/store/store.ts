import { dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { HOUR, type Ms } from '../../shared/model/units';
import { RECORDING_SETTING } from '../activity/activity-ports';
import type { SessionRepository } from '../sessions/session-ports';
import { ActivityStore } from './activity/activity-store';
import { ContentsStore } from './activity/contents-store';
import { EventLog } from './events/event-log';
import { StreamStore } from './events/stream-store';
import { HeldCallStore } from './held-call-store';
import { HistoryReader } from './history/history';
import { LiveRecorder } from './history/live-recorder';
import { Rollups } from './history/rollups';
import { InstanceStore } from './instance-store';
import { DeletionOnRequest } from './kept/deletion';
import { KeptSizes } from './kept/kept-sizes';
import { type KeptSizeLimits, SizeLimits } from './kept/size-limits';
import { KnownToolStore } from './known-tool-store';
import { watchForDamage } from './lifecycle/damage-watch';
import {
  type DatabaseOptions,
  databaseFiles,
  type OpenDatabase,
  openDatabase,
  type StoreLog,
} from './lifecycle/database';
import { FileGuard } from './lifecycle/file-guard';
import { openFailure } from './lifecycle/open-failure';
import { isMarkedDamaged, markDamaged } from './lifecycle/recovery';
import { type KeptTimes, Retention } from './lifecycle/retention';
import { isDamage } from './lifecycle/sqlite-connection';
import { Transactions } from './lifecycle/transactions';
import { Upkeep } from './lifecycle/upkeep';
import { LongCallStore } from './long-calls/long-call-store';
import { PatienceStore } from './long-calls/patience-store';
import { ServerFailureStore } from './server-failure-store';
import { ServerListStore } from './server-list-store';
import { ClientStore } from './sessions/client-store';
import { SessionNames } from './sessions/session-names';
import { SqliteSessionRepository } from './sessions/session-repository';
import { SessionStore } from './sessions/session-store';
import { TransportStore } from './sessions/transport-store';
import { SettingsStore } from './settings-store';
import { TaskStore } from './task-store';
import { FoundToolStore } from './tool-sets/found-tool-store';
import { ToolSetStore } from './tool-sets/tool-set-store';
import { ToolUseStore } from './tool-sets/tool-use-store';
import { UiTokenStore } from './ui-token-store';

const DAMAGED =
  'The database file is damaged. Quit and start Holdfast: it sets the file aside and restores the newest backup.';

/** Name of the setting that says up to which time rows have been judged by their age. */
const AGED_TO = 'aged_to';
/** At ten minutes between calls, twelve times as fast as time passes. */
const AGED_PER_CALL: Ms = 2 * HOUR;

/**
 * Everything that survives a restart, in one SQLite file with one writer. Calls are synchronous; once a write returns, it
 * is on disk. Whoever opens a store must close it.
 */
export class Store {
  readonly sessions: SessionStore;
  readonly transports: TransportStore;
  readonly clients: ClientStore;
  readonly events: EventLog;
  readonly history: HistoryReader;
  readonly activity: ActivityStore;
  readonly contents: ContentsStore;
  readonly streams: StreamStore;
  readonly settings: SettingsStore;
  readonly sessionNames: SessionNames;
  readonly uiTokens: UiTokenStore;
  readonly instances: InstanceStore;
  readonly serverLists: ServerListStore;
  readonly toolSets: ToolSetStore;
  readonly toolUse: ToolUseStore;
  readonly foundTools: FoundToolStore;
  readonly heldCalls: HeldCallStore;
  readonly longCalls: LongCallStore;
  readonly patience: PatienceStore;
  readonly tasks: TaskStore;
  readonly knownTools: KnownToolStore;
  readonly keptSizes: KeptSizes;
  readonly deletion: DeletionOnRequest;
  readonly serverFailures: ServerFailureStore;
  readonly repository: SessionRepository & Pick<SqliteSessionRepository, 'alongside'>;
  /** Sentences for the user: what was done to open the database, and whether it has turned out to be damaged since. */
  readonly notices: string[];

  private readonly log: StoreLog;
  private readonly guard: FileGuard;
  private readonly opened: OpenDatabase;
  private readonly transactions: Transactions;
  private readonly live: LiveRecorder;
  private readonly retention: Retention;
  /** The time by which rows are too old of which {@link maintain} left some; null if it left none. */
  private aging: Ms | null = null;
  private readonly sizeLimits: SizeLimits;
  private readonly upkeep: Upkeep;

  private constructor({ log, now }: DatabaseOptions, opened: OpenDatabase) {
    const { db, files, notices, unclean } = opened;
    this.log = log;
    this.opened = opened;
    this.notices = notices;
    const onDamage = (error?: unknown) => {
      if (notices.includes(DAMAGED)) return;
      log.error({ err: error }, DAMAGED);
      notices.push(DAMAGED);
      markDamaged(files);
    };
    watchForDamage(db, onDamage);
    this.guard = new FileGuard(files.database);
    const transactions = new Transactions(db, this.guard);
    const rollups = new Rollups(db);
    this.transactions = transactions;
    this.events = new EventLog(db, rollups);
    this.sessions = new SessionStore(db);
    // Tokens used after the backup was taken look unused in it.
    if (opened.restored) transactions.run(() => this.sessions.revokeTokens());
    this.transports = new TransportStore(db, transactions);
    this.clients = new ClientStore(db, transactions);
    this.settings = new SettingsStore(db, transactions);
    // Whoever switched the recording off after the backup was taken must not find it on again.
    if (opened.restored) this.settings.remove(RECORDING_SETTING);
    this.sessionNames = new SessionNames(this.settings, (id) => this.sessions.get(id) !== null);
    this.uiTokens = new UiTokenStore(db, transactions);
    this.instances = new InstanceStore(db, transactions);
    this.serverLists = new ServerListStore(db, transactions);
    this.toolUse = new ToolUseStore(db, transactions);
    this.toolSets = new ToolSetStore(db, transactions);
    this.foundTools = new FoundToolStore(db, transactions);
    this.knownTools = new KnownToolStore(db, transactions);
    this.heldCalls = new HeldCallStore(db, transactions);
    this.longCalls = new LongCallStore(db, transactions);
    this.patience = new PatienceStore(db, transactions, now);
    this.tasks = new TaskStore(db, transactions);
    this.serverFailures = new ServerFailureStore(db, transactions);
    this.live = new LiveRecorder({ attached: this.sessions.liveCount(), rollups, transactions });
    this.history = new HistoryReader(db, this.live);
    this.streams = new StreamStore(db, transactions);
    this.contents = new ContentsStore(db, transactions);
    this.activity = new ActivityStore(db, transactions, files.database, this.contents);
    this.retention = new Retention(db, transactions, this.streams, log);
    const { contents, streams } = this;
    this.sizeLimits = new SizeLimits({ db, transactions, file: files.database, contents, streams, log });
    this.keptSizes = new KeptSizes({
      files,
      folder: dirname(files.database),
      kept: () => this.retention.times,
      limits: () => this.sizeLimits.current,
    });
    this.deletion = new DeletionOnRequest(db, transactions, [streams, this.longCalls], rollups, () => {
      this.sessionNames.forgetGone();
      this.contents.changed();
    });
    this.upkeep = new Upkeep({ files, log, unclean, onDamage });
    const { sessions, transports, events, live } = this;
    this.repository = new SqliteSessionRepository({
      transactions,
      sessions,
      transports,
      events,
      live,
      streams,
      tasks: this.tasks,
    });
  }

  /**
   * Opens the store in a data folder and makes this process the folder's only owner.
   * @throws HoldfastError `already_running`, `database_too_new`, or `internal_error` if the runtime cannot load SQLite or
   *   the file cannot be opened; the message says why and what to do
   */
  static open(options: DatabaseOptions): Store {
    try {
      return Store.opened(options);
    } catch (error) {
      const failure = openFailure(error, join(options.folder, 'holdfast.db'));
      if (failure !== error) options.log.debug({ err: error }, 'the database cannot be opened');
      throw failure;
    }
  }

  private static opened(options: DatabaseOptions): Store {
    const opened = openDatabase(options);
    try {
      return new Store(options, opened);
    } catch (error) {
      close(opened.db, options.log);
      opened.release();
      // The damage has been recorded by now, so opening again sets the file aside.
      if (isDamage(error) && opened.notices.at(0) === DAMAGED) return Store.opened(options);
      throw error;
    }
  }

  /** Whether the database in this folder was found damaged, so that opening it the next time sets it aside. */
  static isMarkedDamaged(folder: string): boolean {
    return isMarkedDamaged(databaseFiles(folder));
  }

  /** Runs `work` (synchronous) in one transaction: all of its writes reach the disk, or none. */
  transaction<T>(work: () => T): T {
    return this.transactions.run(work);
  }

  /**
   * Looks whether the database is still in its place, which costs microseconds. Writes look too; this is for saying so
   * when there are none.
   * @returns a sentence for the user the first time that it is not; null otherwise
   */
  findLoss(): string | null {
    const { sentence } = this.guard;
    const isKnown = this.notices.includes(sentence);
    if (this.guard.isInPlace()) {
      if (isKnown) this.notices.splice(this.notices.indexOf(sentence), 1);
      return null;
    }
    if (isKnown) return null;
    this.notices.push(sentence);
    this.log.error(sentence);
    return sentence;
  }

  /** Samples the live sessions. History counts only time in which this is called at least every two minutes. */
  observe(now: Ms): void {
    this.live.observe(now);
  }

  /** Says how long, and how much, is kept of what has happened. What is too old goes with {@link maintain}, what is too much soon. */
  keep(kept: KeptTimes, sizes?: KeptSizeLimits): void {
    this.retention.keep(kept);
    if (sizes) this.sizeLimits.set(sizes);
    this.upkeep.limit({ bytes: this.sizeLimits.current.backups, age: kept.events });
  }

  /**
   * Removes what is beyond the limits in bytes, in steps with other work between them. Call it every minute: it costs next to
   * nothing while nothing has grown. Never rejects.
   */
  enforceSizes(): Promise<void> {
    return this.sizeLimits.enforce();
  }

  /**
   * Removes a bounded number of rows past their retention time, and starts the daily check and backup in the background
   * when they are due. Call it every few minutes.
   * @param lived - how long Holdfast has run, over all its runs; contents of messages age by it as well
   * @returns resolves when check and backup are done; never rejects
   */
  maintain(now: Ms, lived: Ms = 0): Promise<void> {
    this.contents.removeAged(now, lived);
    this.longCalls.removeAged(lived);
    // A clock that is days ahead must not remove days of history at once.
    const known = this.settings.get<Ms>(AGED_TO) ?? now;
    const agedTo = Math.min(now, known + AGED_PER_CALL);
    this.transactions.attempt(() => this.settings.set(AGED_TO, agedTo));
    this.aging = this.retention.step(agedTo) ? agedTo : null;
    this.contents.changed();
    this.transactions.attempt(() => this.sessionNames.forgetGone());
    return this.upkeep.run(now, agedTo);
  }

  /**
   * Removes the next rows past their retention time, if {@link maintain} left any: more may be added between two calls of that than
   * one removes. Call it every second; costs nothing while there are none.
   */
  goOnRemoving(): void {
    if (this.aging !== null && !this.retention.step(this.aging)) this.aging = null;
  }

  /** Writes pending samples, merges the journal into the database and releases the folder. */
  close(): void {
    const { db, release } = this.opened;
    if (!db.open) return;
    this.upkeep.close();
    this.keptSizes.close();
    this.sizeLimits.close();
    this.activity.close();
    this.live.flush();
    close(db, this.log);
    release();
  }
}

/** Always closes the database; tidying up before that is best effort. */
function close(db: Database, log: StoreLog): void {
  try {
    // A check still reading in the worker must not delay shutdown; all it prevents is truncating the journal.
    db.pragma('busy_timeout = 0');
    db.pragma('optimize');
    db.pragma('wal_checkpoint(TRUNCATE)');
  } catch (error) {
    log.warn({ err: error }, 'the database was closed without being tidied up');
  } finally {
    db.close();
  }
}
