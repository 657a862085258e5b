import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { SECOND } from '../../shared/model/units';
import type { Called } from './called';
import { DURATION_BUCKETS, type StateNow } from './state-now';

/** Different series of calls in one run. Those beyond it are counted together. */
const MOST_SERIES = 2_000;

/** Names of labels, by the attribute that they show: as Prometheus writes the names of OpenTelemetry. */
const LABELS = {
  mcp_method_name: 'mcp.method.name',
  gen_ai_tool_name: 'gen_ai.tool.name',
  gen_ai_prompt_name: 'gen_ai.prompt.name',
  holdfast_server: 'holdfast.server',
  error_type: 'error.type',
} as const;
type Label = keyof typeof LABELS;
const LABEL_NAMES = Object.keys(LABELS) as Label[];
const BEYOND: Readonly<Record<Label, string>> = {
  mcp_method_name: 'other',
  gen_ai_tool_name: '',
  gen_ai_prompt_name: '',
  holdfast_server: '',
  error_type: '',
};

/** Counts what Prometheus reads at `/metrics`. It begins at zero with every start of Holdfast, as counters do. */
export class PrometheusMetrics {
  private readonly registry = new Registry();
  private readonly series = new Set<string>();
  private readonly durations: Record<Called['row']['direction'], Histogram<Label>>;
  private readonly reconnects: Counter<'cause'>;

  constructor(version: string, stateNow: () => StateNow) {
    const registers = [this.registry];
    const histogram = (name: string, help: string) =>
      new Histogram({ name, help, labelNames: LABEL_NAMES, buckets: [...DURATION_BUCKETS], registers });
    this.durations = {
      to_server: histogram('mcp_server_operation_duration_seconds', 'Requests of clients, until they were answered.'),
      to_client: histogram(
        'mcp_client_operation_duration_seconds',
        'Requests of servers to clients, until they were answered.',
      ),
    };
    this.reconnects = new Counter({
      name: 'holdfast_reconnects_total',
      help: 'Sessions that came back, by cause.',
      labelNames: ['cause'],
      registers,
    });
    const info = new Gauge({
      name: 'holdfast_info',
      help: 'Always 1; the version is its label.',
      labelNames: ['version'],
      registers,
    });
    info.set({ version }, 1);
    new Gauge({
      name: 'holdfast_sessions',
      help: 'Sessions that were used, by status.',
      labelNames: ['status'],
      registers,
      collect() {
        for (const [status, count] of Object.entries(stateNow().sessions)) this.set({ status }, count);
      },
    });
    new Gauge({
      name: 'holdfast_server_processes',
      help: 'Running processes or connections of a server; its state is a label.',
      labelNames: ['holdfast_server', 'state'],
      registers,
      collect() {
        this.reset();
        for (const { server, state, processes } of stateNow().servers) {
          this.set({ holdfast_server: server, state }, processes);
        }
      },
    });
  }

  called(called: Called): void {
    const { direction, duration_ms } = called.row;
    this.durations[direction].observe(this.labelsOf(called), (duration_ms ?? 0) / SECOND);
  }

  reconnected(cause: string): void {
    this.reconnects.inc({ cause });
  }

  /** What Prometheus reads, in its text format 0.0.4. */
  text(): Promise<string> {
    return this.registry.metrics();
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  private labelsOf({ row, attributes }: Called): Partial<Record<Label, string>> {
    const labels = Object.fromEntries(LABEL_NAMES.map((label) => [label, String(attributes[LABELS[label]] ?? '')]));
    const key = JSON.stringify([row.direction, labels]);
    if (this.series.has(key)) return labels;
    if (this.series.size >= MOST_SERIES) return BEYOND;
    this.series.add(key);
    return labels;
  }
}
