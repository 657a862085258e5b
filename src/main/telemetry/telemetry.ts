import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { HoldfastEvent } from '../../shared/contract/event';
import type { MadeMetricsKey, OtlpChange, TelemetryState, TelemetryTest } from '../../shared/contract/telemetry';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { browserAddress } from '../../shared/model/browser-address';
import { type Ms, SECOND } from '../../shared/model/units';
import type { NewActivity } from '../activity/activity-ports';
import type { Network } from '../http-client/network';
import { postOnce } from '../http-client/post-once';
import { validateHeaderValue } from '../platform/node-http';
import type { Clock, Random, Secrets, Timers } from '../platform/ports';
import { randomText } from '../platform/random-text';
import { attributesOf, type Called, KnownNames } from './called';
import type { Otlp } from './otlp';
import type { PrometheusMetrics } from './prometheus';
import type { StateNow } from './state-now';

/** Name of the setting that holds everything but the values of headers. */
const SETTING = 'telemetry';
/** Name of the secret that holds these. */
export const HEADERS_SECRET = 'telemetry-headers.json';
const MOST_HEADERS = 20;
/** An ExportTraceServiceRequest whose one `resource_spans` (field 1) is empty. */
const NO_SPANS = new Uint8Array([0x0a, 0x00]);
const TEST_LIMIT: Ms = 10 * SECOND;

const keptSchema = z.object({
  enabled: z.boolean(),
  address: z.string().nullable(),
  metrics: z.object({ hash: z.string(), made_at: z.number() }).nullable(),
});
type Kept = z.infer<typeof keptSchema>;
const NOTHING: Kept = { enabled: false, address: null, metrics: null };
const headersSchema = z.record(z.string(), z.string());

export interface TelemetryOptions {
  readonly settings: { get<T>(name: string): T | null; set(name: string, value: unknown): void };
  readonly secrets: Pick<Secrets, 'read' | 'write' | 'onReadable'>;
  readonly version: string;
  readonly network: Network;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly stateNow: () => StateNow;
  /** Where this Holdfast listens. */
  readonly url: () => string;
  readonly log: { warn(details: object, message: string): void };
}

/**
 * What is sent to the user's own observability, or read from it: nothing until it is switched on. The libraries are loaded
 * only then.
 */
export class Telemetry {
  private readonly options: TelemetryOptions;
  private readonly names = new KnownNames();
  private readonly run: string;
  private otlp: Otlp | null = null;
  private metrics: PrometheusMetrics | null = null;
  private headers: Readonly<Record<string, string>> = {};
  private sent: TelemetryState['otlp']['sent'] = null;
  private problem: TelemetryState['otlp']['problem'] = null;
  private changing: Promise<unknown> = Promise.resolve();
  private isClosed = false;
  private stopWaiting = () => {};

  private constructor(options: TelemetryOptions) {
    this.options = options;
    this.run = randomText(options.random, 12);
  }

  static async open(options: TelemetryOptions): Promise<Telemetry> {
    const telemetry = new Telemetry(options);
    const kept = telemetry.kept();
    await telemetry.inTurn(async () => {
      if (kept.address !== null) await telemetry.readHeaders();
      await telemetry.applyOtlp();
      await telemetry.applyMetrics();
    });
    telemetry.stopWaiting = options.secrets.onReadable(() => void telemetry.inTurn(() => telemetry.readHeaders()));
    return telemetry;
  }

  get(): TelemetryState {
    const { enabled, address, metrics } = this.kept();
    return {
      otlp: { enabled, address, headers: Object.keys(this.headers), sent: this.sent, problem: this.problem },
      metrics: {
        enabled: metrics !== null,
        url: `${this.options.url()}/metrics`,
        key_made_at: metrics?.made_at ?? null,
      },
    };
  }

  /**
   * Says where spans and metrics go, and whether they do. Headers are for one receiver: another address forgets them, unless
   * new ones come with it.
   * @throws HoldfastError `invalid_input` without an address, or with one or a header that is not allowed
   */
  setOtlp({ enabled, address, headers }: OtlpChange): Promise<TelemetryState> {
    return this.inTurn(async () => {
      const before = this.kept();
      const next = address === undefined ? before.address : address === null ? null : checked(address);
      if (enabled && next === null) {
        throw new HoldfastError('invalid_input', said('said.telemetry.address_needed'));
      }
      const isOther =
        next === null || (before.address !== null && new URL(next).origin !== new URL(before.address).origin);
      if (headers) await this.keepHeaders(headers);
      else if (isOther) await this.keepHeaders({});
      this.options.settings.set(SETTING, { ...before, enabled, address: next });
      this.sent = null;
      this.problem = null;
      await this.applyOtlp();
      return this.get();
    });
  }

  /** Switches `/metrics` on with a new key, or off. */
  setMetrics(enabled: boolean): Promise<MadeMetricsKey> {
    return this.inTurn(async () => {
      const { settings, random, clock } = this.options;
      const key = enabled ? `hfm_${randomText(random, 32)}` : null;
      const metrics = key === null ? null : { hash: digest(key).toString('hex'), made_at: clock.now() };
      settings.set(SETTING, { ...this.kept(), metrics });
      await this.applyMetrics();
      return { ...this.get(), key };
    });
  }

  /**
   * Posts a request without spans to the receiver, which says whether it is one.
   * @throws HoldfastError `invalid_input` without an address
   */
  async test(): Promise<TelemetryTest> {
    const { network, timers } = this.options;
    const { address } = this.kept();
    if (address === null) throw new HoldfastError('invalid_input', said('said.telemetry.no_address'));
    await this.inTurn(() => this.readHeaders());
    const problem = await postOnce({
      url: `${address}/v1/traces`,
      headers: { ...this.headers, 'content-type': 'application/x-protobuf' },
      body: NO_SPANS,
      limit: TEST_LIMIT,
      signal: new AbortController().signal,
      network,
      timers,
    });
    return { problem: problem === null ? null : said('said.telemetry.receiver', { what: problem }) };
  }

  /** A request has its outcome. */
  called(row: NewActivity, traceparent: string | null): void {
    if (this.otlp === null && this.metrics === null) return;
    const called: Called = { row, traceparent, attributes: attributesOf(row, this.names) };
    this.otlp?.called(called);
    this.metrics?.called(called);
  }

  /** Counts what events say. */
  happened(events: readonly HoldfastEvent[]): void {
    for (const event of events) {
      if (event.kind !== 'session_reconnected') continue;
      this.otlp?.reconnected(event.payload.cause);
      this.metrics?.reconnected(event.payload.cause);
    }
  }

  /** Whether this is the key that Prometheus reads with. Compared in constant time. */
  isMetricsKey(key: string): boolean {
    const { metrics } = this.kept();
    return metrics !== null && timingSafeEqual(digest(key), Buffer.from(metrics.hash, 'hex'));
  }

  /** What Prometheus reads; null while it is switched off. */
  async exposition(): Promise<{ text: string; type: string } | null> {
    const { metrics } = this;
    return metrics === null ? null : { text: await metrics.text(), type: metrics.contentType };
  }

  /** Sends what waits, for at most a second. */
  close(): Promise<void> {
    return this.inTurn(async () => {
      this.isClosed = true;
      this.stopWaiting();
      await this.otlp?.close();
      this.otlp = null;
    });
  }

  /** Makes what is sent follow what is kept. */
  private async applyOtlp(): Promise<void> {
    const { version, stateNow, network, timers } = this.options;
    const { enabled, address } = this.kept();
    await this.otlp?.close();
    this.otlp = null;
    if (this.isClosed || !enabled || address === null) return;
    const { Otlp } = await import('./otlp');
    this.otlp = new Otlp({
      address,
      headers: () => this.headers,
      version,
      run: this.run,
      stateNow,
      network,
      timers,
      onPosted: (problem, spans) => this.posted(address, problem, spans),
    });
  }

  /** Makes what can be read follow what is kept. Counters go on while there is a key. */
  private async applyMetrics(): Promise<void> {
    const { version, stateNow } = this.options;
    if (this.kept().metrics === null) this.metrics = null;
    else if (this.metrics === null) {
      const { PrometheusMetrics } = await import('./prometheus');
      this.metrics = new PrometheusMetrics(version, stateNow);
    }
  }

  private posted(address: string, problem: string | null, spans: number): void {
    const at = this.options.clock.now();
    if (problem === null) {
      this.problem = null;
      if (spans > 0) this.sent = { at, spans: (this.sent?.spans ?? 0) + spans };
      return;
    }
    // Once for each spell: a receiver that is away is not worth a line every two seconds.
    const { host } = new URL(address);
    if (this.problem === null) this.options.log.warn({ host, problem }, 'telemetry could not be sent');
    this.problem = { at, sentence: said('said.telemetry.receiver', { what: problem }) };
  }

  private async keepHeaders(headers: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(headers).length > MOST_HEADERS) {
      throw new HoldfastError('invalid_input', said('said.telemetry.headers', { most: MOST_HEADERS }));
    }
    for (const [name, value] of Object.entries(headers)) requireSendable(name, value);
    if (Object.keys(headers).length === 0 && Object.keys(this.headers).length === 0) return;
    // A value that could not be read is never replaced: it must be read first.
    await this.options.secrets.read(HEADERS_SECRET);
    await this.options.secrets.write(HEADERS_SECRET, Buffer.from(JSON.stringify(headers)));
    this.headers = headers;
  }

  private async readHeaders(): Promise<void> {
    const bytes = await this.options.secrets.read(HEADERS_SECRET);
    this.headers = bytes === null ? {} : headersIn(Buffer.from(bytes).toString('utf8'));
  }

  private kept(): Kept {
    const read = keptSchema.safeParse(this.options.settings.get(SETTING));
    return read.success ? read.data : NOTHING;
  }

  /** One change after another. */
  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.changing.then(work);
    this.changing = done.catch(() => {});
    return done;
  }
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest();

/** @throws HoldfastError `invalid_input` with the header's name, never its value */
function requireSendable(name: string, value: string): void {
  try {
    validateHeaderValue(name, value);
  } catch {
    throw new HoldfastError('invalid_input', said('said.telemetry.header_value', { name }));
  }
}

function headersIn(text: string): Readonly<Record<string, string>> {
  try {
    return headersSchema.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** @throws HoldfastError `invalid_input` with a sentence that says what is allowed */
function checked(address: string): string {
  const url = browserAddress(address);
  if (url === null || url.search !== '' || url.hash !== '') {
    throw new HoldfastError('invalid_input', said('said.telemetry.bad_address'));
  }
  // People copy the address of one signal.
  return url.href.replace(/\/(v1\/(traces|metrics)\/?)?$/, '');
}
