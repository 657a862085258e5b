import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { MockOtlpServer } from '@elastic/mockotlpserver';
import type { Json } from '../clients/mcp-http';

/** A span as the receiver read it. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: number | string;
  readonly status: { code?: number | string };
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly startMs: number;
  readonly endMs: number;
}

const plain = (value: Json): unknown => {
  const [kind, inner] = Object.entries(value ?? {}).find(([, one]) => one !== undefined) ?? [];
  return kind === 'intValue' || kind === 'doubleValue' ? Number(inner) : inner;
};
const attributesIn = (list: Json): Record<string, unknown> =>
  Object.fromEntries((list ?? []).map(({ key, value }: Json) => [key, plain(value)]));
const hex = (value: Json): string => (typeof value === 'string' ? value : Buffer.from(value ?? []).toString('hex'));
const ms = (nanos: Json): number => Number(BigInt(String(nanos)) / 1_000n) / 1_000;

/** A receiver of OTLP over HTTP that reads protobuf by the official definitions. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];
  /** By name: the data points of the newest report. */
  readonly metrics = new Map<string, { unit: string; points: Json[] }>();
  readonly resources: Record<string, unknown>[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** Everything that was received, as text. */
  text = '';
  private readonly news = new EventEmitter().setMaxListeners(0);
  private readonly server: MockOtlpServer;
  private closed: Promise<void> | null = null;

  private constructor(port: number) {
    this.server = new MockOtlpServer({
      logLevel: 'fatal',
      services: ['http'],
      httpHostname: '127.0.0.1',
      httpPort: port,
      onTrace: (trace: Json) => this.took(trace),
      onMetrics: (metrics: Json) => this.measured(metrics),
      onRequest: (request: Json) => {
        this.headers.push(request.headers ?? {});
      },
    });
  }

  /** @param port - 0 takes a free one */
  static async start(port = 0): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver(port);
    await receiver.server.start();
    return receiver;
  }

  get url(): string {
    return String(this.server.httpUrl).replace(/\/$/, '');
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** The first span that fits, as soon as there is one. */
  async span(fits: (span: ReceivedSpan) => boolean): Promise<ReceivedSpan> {
    return this.until(() => this.spans.find(fits));
  }

  /** The newest points of a metric, as soon as some fit. */
  async points(name: string, fits: (points: Json[]) => boolean = () => true): Promise<Json[]> {
    return this.until(() => {
      const points = this.metrics.get(name)?.points;
      return points && fits(points) ? points : undefined;
    });
  }

  /** Ends it; once is enough. */
  close(): Promise<void> {
    this.closed ??= this.server.close();
    return this.closed;
  }

  private async until<T>(look: () => T | undefined): Promise<T> {
    for (;;) {
      const found = look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.news.once('news', () => resolve()));
    }
  }

  private took(trace: Json): void {
    this.text += JSON.stringify(trace);
    for (const { resource, scopeSpans } of trace.resourceSpans ?? []) {
      this.resources.push(attributesIn(resource?.attributes));
      for (const span of scopeSpans.flatMap((scope: Json) => scope.spans)) {
        this.spans.push({
          name: span.name,
          traceId: hex(span.traceId),
          spanId: hex(span.spanId),
          parentSpanId: hex(span.parentSpanId),
          kind: span.kind,
          status: span.status ?? {},
          attributes: attributesIn(span.attributes),
          startMs: ms(span.startTimeUnixNano),
          endMs: ms(span.endTimeUnixNano),
        });
      }
    }
    this.news.emit('news');
  }

  private measured(report: Json): void {
    this.text += JSON.stringify(report);
    for (const { scopeMetrics } of report.resourceMetrics ?? []) {
      for (const metric of scopeMetrics.flatMap((scope: Json) => scope.metrics)) {
        const data = metric.histogram ?? metric.sum ?? metric.gauge;
        const points = (data?.dataPoints ?? []).map((point: Json) => ({
          ...point,
          attributes: attributesIn(point.attributes),
        }));
        this.metrics.set(metric.name, { unit: metric.unit, points });
      }
    }
    this.news.emit('news');
  }
}
