import { z } from 'zod';
import type { UpdatesState } from '../../shared/contract/updates';
import { HoldfastError } from '../../shared/errors';
import { type Sentence, said, sentences } from '../../shared/messages/said';
import { DAY, HOUR, MINUTE, type Ms } from '../../shared/model/units';
import { visible } from '../../shared/visible-text';
import type { Network } from '../http-client/network';
import type { Clock, Timers } from '../platform/ports';
import { checkAddress, fetchManifest } from './fetch-manifest';
import { type HighWater, ManifestRefused, readManifest } from './manifest';
import { isNewer } from './version';

/** Name of the setting that holds everything. */
const SETTING = 'updates';
const PERIOD: Ms = DAY;
/** The start itself is busy enough. */
const AFTER_START: Ms = 2 * MINUTE;
const LOOK: Ms = HOUR;
/** More changes than these are not read in a notice. */
const MOST_TOLD = 3;
const NO_KEY = said('said.update.no_key');

const keptSchema = z.object({
  enabled: z.boolean(),
  address: z.string().nullable(),
  checked: z.object({ at: z.number(), problem: z.string().nullable() }).nullable(),
  highWater: z.object({ issued: z.number(), version: z.string() }).nullable(),
  known: z.object({ version: z.string(), changes: z.array(z.string()), expires: z.number() }).nullable(),
});
type Kept = z.infer<typeof keptSchema>;

const NOTHING: Kept = { enabled: false, address: null, checked: null, highWater: null, known: null };

export interface UpdatesOptions {
  /** Ed25519 public key in base64url; null if this build has none. */
  readonly key: string | null;
  /** Where this build asks until the user says otherwise; null if it has no such place. */
  readonly address?: string | null;
  readonly version: string;
  /** How this installation is updated, in sentences. */
  readonly how: Sentence;
  readonly settings: { get<T>(name: string): T | null; set(name: string, value: unknown): void };
  readonly network: Network;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Is told what went wrong with a check that nobody waits for. */
  readonly onProblem: (problem: string) => void;
}

/**
 * Tells whether there is a newer version; it downloads none. Off until the user switches it on; then it asks once a day,
 * across restarts.
 */
export class Updates {
  private readonly options: UpdatesOptions;
  private readonly closing = new AbortController();
  private readonly endings: (() => void)[] = [];
  private running: Promise<void> | null = null;

  constructor(options: UpdatesOptions) {
    this.options = options;
    const { timers } = options;
    const look = () => this.lookIfDue();
    this.endings.push(timers.after(AFTER_START, look), timers.every(LOOK, look));
  }

  /** Ends timers, and a check that is running. */
  close(): void {
    for (const end of this.endings.splice(0)) end();
    this.closing.abort();
  }

  get(): UpdatesState {
    const { key, version, how } = this.options;
    const { enabled, address, checked } = this.kept();
    const known = this.newer();
    return {
      enabled: enabled && key !== null,
      address,
      possible: key !== null,
      note: key === null ? NO_KEY : null,
      current: version,
      checked,
      how,
      newer: known && { version: known.version, changes: known.changes.map(visible) },
    };
  }

  /**
   * Switches the daily question on or off.
   * @param address - where to ask; undefined leaves it as it is, null is the build's own
   * @throws HoldfastError `invalid_input` without a key, without an address, or with one that is not allowed
   */
  set(enabled: boolean, address: string | null | undefined): UpdatesState {
    const before = this.kept();
    const own = this.options.address ?? null;
    const next = address === undefined ? before.address : address === null ? own : checkAddress(address);
    if (enabled && this.options.key === null) throw new HoldfastError('invalid_input', NO_KEY);
    if (enabled && next === null) {
      throw new HoldfastError('invalid_input', said('said.update.address_needed'));
    }
    this.keep({ ...before, enabled, address: next, ...(next === before.address ? {} : { checked: null }) });
    return this.get();
  }

  /**
   * Asks now. Further calls wait for the first.
   * @throws HoldfastError `invalid_input` without a key or an address
   */
  async check(): Promise<UpdatesState> {
    const { key } = this.options;
    const { address } = this.kept();
    if (key === null) throw new HoldfastError('invalid_input', NO_KEY);
    if (address === null) throw new HoldfastError('invalid_input', said('said.update.no_address'));
    this.running ??= this.ask(key, address).finally(() => {
      this.running = null;
    });
    await this.running;
    return this.get();
  }

  /** What the overview says of a newer version; null if there is none, or updates are switched off. */
  notice(): string | null {
    const known = this.kept().enabled ? this.newer() : null;
    if (known === null) return null;
    const told = known.changes.slice(0, MOST_TOLD).map((change) => visible(change).replace(/[.;]*$/, ''));
    const changes = `${told.join('; ')}${known.changes.length > MOST_TOLD ? '; …' : ''}`;
    return sentences(
      said('said.update.available', { version: known.version, current: this.options.version }),
      told.length === 0 ? '' : said('said.update.changes', { changes }),
      this.options.how,
    );
  }

  private async ask(key: string, address: string): Promise<void> {
    const { network, timers, clock } = this.options;
    let problem: string | null = null;
    try {
      const text = await fetchManifest(address, { network, timers, signal: this.closing.signal });
      // Set anew meanwhile: then this is no answer to what the user asks.
      if (this.isOver(address)) return;
      const now = clock.now();
      const { highWater } = this.kept();
      const { version, changes, issued, expires } = readManifest(text, { key, now, highWater });
      const next: HighWater = { issued, version };
      this.keep({ ...this.kept(), highWater: next, known: { version, changes, expires } });
    } catch (error) {
      if (!(error instanceof ManifestRefused)) throw error;
      problem = error.message;
    }
    if (this.isOver(address)) return;
    this.keep({ ...this.kept(), checked: { at: clock.now(), problem } });
    if (problem !== null) this.options.onProblem(problem);
  }

  private isOver(address: string): boolean {
    return this.closing.signal.aborted || this.kept().address !== address;
  }

  private lookIfDue(): void {
    const { key, clock, onProblem } = this.options;
    const { enabled, address, checked } = this.kept();
    if (!enabled || key === null || address === null) return;
    // A check in the future was made while the clock was wrong.
    const since = checked === null ? PERIOD : Math.abs(clock.now() - checked.at);
    if (since < PERIOD) return;
    this.check().catch((error) => onProblem(error instanceof Error ? error.message : String(error)));
  }

  private newer(): Kept['known'] {
    const { known } = this.kept();
    const { version, clock } = this.options;
    return known !== null && known.expires > clock.now() && isNewer(known.version, version) ? known : null;
  }

  private kept(): Kept {
    const read = keptSchema.safeParse(this.options.settings.get(SETTING));
    const kept = read.success ? read.data : NOTHING;
    return { ...kept, address: kept.address ?? this.options.address ?? null };
  }

  /** The build's own address is not kept, so that a later build may have another. */
  private keep(kept: Kept): void {
    const address = kept.address === (this.options.address ?? null) ? null : kept.address;
    this.options.settings.set(SETTING, { ...kept, address });
  }
}
