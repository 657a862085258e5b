import { z } from 'zod';
import { said } from '../messages/said';
import { call } from './method';

const ms = z.number().int().nonnegative();

export const telemetrySchema = z.object({
  otlp: z.object({
    enabled: z.boolean().describe('whether spans and metrics are sent'),
    address: z.string().nullable().describe('base address of the receiver; `/v1/traces` and `/v1/metrics` are added'),
    headers: z.array(z.string()).describe('names of the headers that are sent along; their values are never shown'),
    sent: z
      .object({ at: ms, spans: ms })
      .nullable()
      .describe('the last time spans were taken, and how many since the start'),
    problem: z
      .object({ at: ms, sentence: z.string() })
      .nullable()
      .describe('why the last attempt failed; null if it did not'),
  }),
  metrics: z.object({
    enabled: z.boolean().describe('whether `/metrics` answers'),
    url: z.string().describe('what Prometheus reads'),
    key_made_at: ms.nullable(),
  }),
});
export type TelemetryState = z.infer<typeof telemetrySchema>;

const HEADER_NAME = /^[!#$%&'*+.^_`|~\w-]{1,100}$/;

export const otlpChangeSchema = z.strictObject({
  enabled: z.boolean(),
  address: z.string().max(2_000).nullable().optional().describe('left out: as it is'),
  headers: z
    .record(z.string().regex(HEADER_NAME, said('said.input.header')), z.string().max(4_000))
    .optional()
    .describe('all of them, with their values; left out: as they are'),
});
export type OtlpChange = z.infer<typeof otlpChangeSchema>;

export const metricsChangeSchema = z.strictObject({
  enabled: z.boolean().describe('true makes a new key; the one before is no longer valid'),
});

export const madeMetricsKeySchema = telemetrySchema.extend({
  key: z.string().nullable().describe('shown only once'),
});
export type MadeMetricsKey = z.infer<typeof madeMetricsKeySchema>;

export const telemetryTestSchema = z.object({
  problem: z.string().nullable().describe('why the receiver did not take it; null if it did'),
});
export type TelemetryTest = z.infer<typeof telemetryTestSchema>;

const none = z.object({}).strict();

/** What leaves for the user's own observability, if anything does. */
export const telemetryMethods = {
  'telemetry.get': call({ input: none, output: telemetrySchema }),
  /** Refused with a sentence if the address cannot be. */
  'telemetry.set_otlp': call({ input: otlpChangeSchema, output: telemetrySchema }),
  /** Posts a batch without spans to the receiver; takes at most 10 s. */
  'telemetry.test': call({ input: none, output: telemetryTestSchema }),
  'telemetry.set_metrics': call({ input: metricsChangeSchema, output: madeMetricsKeySchema }),
};
