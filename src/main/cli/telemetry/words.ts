import type { MadeMetricsKey, TelemetryState } from '../../../shared/contract/telemetry';

/** What is sent and what can be read, one line after another. */
export function telemetryLines({ otlp, metrics }: TelemetryState): string[] {
  const { enabled, address, headers, sent, problem } = otlp;
  const lines = [enabled ? `OTLP: sent to ${address}.` : `OTLP: off. Address: ${address ?? 'none'}.`];
  if (headers.length > 0) lines.push(`  Headers: ${headers.join(', ')}`);
  if (sent !== null) lines.push(`  ${sent.spans} spans sent, the last at ${timeOf(sent.at)}.`);
  if (problem !== null) lines.push(`  Failed at ${timeOf(problem.at)}: ${problem.sentence}`);
  lines.push(metrics.enabled ? `Metrics: read at ${metrics.url} with the key of metrics.` : 'Metrics: off.');
  return lines;
}

/** The new key and what to do with it. */
export function metricsLines({ key, metrics }: MadeMetricsKey): string[] {
  if (key === null) return ['Metrics: off. The key is no longer valid.'];
  return [
    `Metrics: read at ${metrics.url}.`,
    `Key, shown only once: ${key}`,
    'In the configuration of Prometheus:',
    '  scrape_configs:',
    '    - job_name: holdfast',
    '      authorization: { credentials_file: FILE_WITH_THE_KEY }',
    `      static_configs: [{ targets: ['${new URL(metrics.url).host}'] }]`,
  ];
}

const timeOf = (at: number): string => new Date(at).toISOString();
