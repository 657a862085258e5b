import { type Context, context, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { ProtobufMetricsSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Network } from '../http-client/network';
import { postOnce } from '../http-client/post-once';
import { within } from '../platform/deadline';
import type { Timers } from '../platform/ports';
import { type Called, parentOf, spanAttributesOf, spanNameOf } from './called';
import { DURATION_BUCKETS, type StateNow } from './state-now';

/** How long one post may take. */
const POST_LIMIT: Ms = 10 * SECOND;
/** Spans are sent together, this often or as soon as 512 wait. */
const SPANS_EVERY: Ms = 2 * SECOND;
const METRICS_EVERY: Ms = 30 * SECOND;
/** Spans that wait for a receiver. Beyond that new ones are dropped. */
const MOST_WAITING = 2_048;
/** Different series of one metric in one run. */
const MOST_SERIES = 4_000;
/** How long what waits may take to be sent when it is switched off or Holdfast stops. */
const CLOSE_LIMIT: Ms = SECOND;
const TEXT_LIMIT = 256;

export interface OtlpOptions {
  /** Base address of the receiver, without a slash at the end. */
  readonly address: string;
  /** Asked for each post: they may become readable later. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly version: string;
  /** Tells the runs of Holdfast apart. It says nothing of the machine or its user. */
  readonly run: string;
  readonly stateNow: () => StateNow;
  readonly network: Network;
  readonly timers: Timers;
  /** Is told what came of each post. `problem` is null when it was taken. */
  readonly onPosted: (problem: string | null, spans: number) => void;
}

type Result = { readonly code: number; readonly error?: Error };

/**
 * Sends a span for every request, and metrics, to a receiver of OTLP over HTTP, as protobuf, which every receiver understands. The SDK of OpenTelemetry makes and
 * batches them; they leave by Holdfast's own client, so that the user's proxy and certificates count, and none of the
 * variables that are meant for other programs.
 */
export class Otlp {
  private readonly options: OtlpOptions;
  private readonly ending = new AbortController();
  private readonly tracing: TracerProvider;
  private readonly metering: MeterProvider;
  private readonly durations;
  private readonly reconnects;

  constructor(options: OtlpOptions) {
    this.options = options;
    const resource = resourceFromAttributes({
      'service.name': 'holdfast',
      'service.version': options.version,
      'service.instance.id': options.run,
    });
    const spans: SpanExporter = {
      export: (batch, done) =>
        void this.post('/v1/traces', ProtobufTraceSerializer.serializeRequest(batch), batch.length).then(done),
      shutdown: () => Promise.resolve(),
    };
    const metrics: PushMetricExporter = {
      export: (all, done) =>
        void this.post('/v1/metrics', ProtobufMetricsSerializer.serializeRequest(all), 0).then(done),
      selectAggregationTemporality: () => AggregationTemporality.CUMULATIVE,
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    this.tracing = new TracerProvider({
      resource,
      spanLimits: { attributeValueLengthLimit: TEXT_LIMIT },
      spanProcessors: [
        new BatchSpanProcessor({
          exporter: spans,
          maxQueueSize: MOST_WAITING,
          scheduledDelayMillis: SPANS_EVERY,
          exportTimeoutMillis: POST_LIMIT,
        }),
      ],
    });
    this.metering = new MeterProvider({
      resource,
      readers: [
        new PeriodicExportingMetricReader({
          exporter: metrics,
          exportIntervalMillis: METRICS_EVERY,
          exportTimeoutMillis: POST_LIMIT,
          cardinalityLimits: { default: MOST_SERIES },
        }),
      ],
    });
    const meter = this.metering.getMeter('holdfast', options.version);
    const histogram = (name: string, description: string) =>
      meter.createHistogram(name, {
        unit: 's',
        description,
        advice: { explicitBucketBoundaries: [...DURATION_BUCKETS] },
      });
    this.durations = {
      to_server: histogram('mcp.server.operation.duration', 'Requests of clients, until they were answered'),
      to_client: histogram('mcp.client.operation.duration', 'Requests of servers to clients, until they were answered'),
    };
    this.reconnects = meter.createCounter('holdfast.reconnects', { description: 'Sessions that came back, by cause' });
    meter
      .createObservableGauge('holdfast.sessions', { description: 'Sessions that were used, by status' })
      .addCallback((result) => {
        for (const [status, count] of Object.entries(options.stateNow().sessions)) result.observe(count, { status });
      });
    meter
      .createObservableGauge('holdfast.server.processes', {
        description: 'Running processes or connections of a server',
      })
      .addCallback((result) => {
        for (const { server, state, processes } of options.stateNow().servers) {
          result.observe(processes, { 'holdfast.server': server, state });
        }
      });
  }

  called({ row, traceparent, attributes }: Called): void {
    const duration = row.duration_ms ?? 0;
    this.durations[row.direction].record(duration / SECOND, attributes);
    const kind = row.direction === 'to_server' ? SpanKind.SERVER : SpanKind.CLIENT;
    const span = this.tracing
      .getTracer('holdfast', this.options.version)
      .startSpan(
        spanNameOf(attributes),
        { kind, startTime: row.at, attributes: { ...attributes, ...spanAttributesOf(row) } },
        contextOf(traceparent),
      );
    if (attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(row.at + duration);
  }

  reconnected(cause: string): void {
    this.reconnects.add(1, { cause });
  }

  /** Sends what waits, for at most a second, and ends. */
  async close(): Promise<void> {
    const all = Promise.allSettled([this.tracing.shutdown(), this.metering.shutdown()]);
    await within(this.options.timers, CLOSE_LIMIT, all, () => null);
    this.ending.abort();
  }

  private async post(path: string, body: Uint8Array | undefined, spans: number): Promise<Result> {
    if (!body) return { code: 1 };
    const { address, headers, network, timers, onPosted } = this.options;
    const problem = await postOnce({
      url: `${address}${path}`,
      headers: { ...headers(), 'content-type': 'application/x-protobuf' },
      body,
      limit: POST_LIMIT,
      signal: this.ending.signal,
      network,
      timers,
    });
    if (!this.ending.signal.aborted) onPosted(problem, spans);
    return problem === null ? { code: 0 } : { code: 1, error: new Error(problem) };
  }
}

/** The span of the caller, whose trace the new span belongs to. It is sent even if the caller does not sample its own. */
function contextOf(traceparent: string | null): Context {
  const root = context.active();
  const parent = parentOf(traceparent);
  if (parent === null) return root;
  return trace.setSpanContext(root, { ...parent, traceFlags: TraceFlags.SAMPLED, isRemote: true });
}
