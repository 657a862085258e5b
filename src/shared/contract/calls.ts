import { z } from 'zod';
import { said } from '../messages/said';
import { LEAST_PATIENCE_SECONDS, MOST_PATIENCE_SECONDS } from '../model/patience-limits';
import { call } from './method';

const progressSchema = z.object({
  progress: z.number(),
  total: z.number().nullable(),
  message: z.string().nullable(),
});

export const callInFlightSchema = z.object({
  call_id: z.int().describe('never used again, not even after a restart'),
  client_id: z.string().nullable(),
  session_id: z.string().nullable(),
  server: z.string().nullable().describe('null for what is for no server alone, and for the own tools of Holdfast'),
  method: z.string(),
  name: z.string().nullable().describe('the tool, prompt or resource that it names'),
  started_at: z.number(),
  progress: progressSchema.nullable().describe('what the server told last'),
});

const longCallStateSchema = z
  .enum(['running', 'answered', 'fetched', 'gone', 'cancelled'])
  .describe(
    'the server works on it; its answer waits; the client has fetched the answer; the answer is not kept any more; it was cancelled',
  );

export const longCallSchema = z.object({
  call_id: z.int(),
  client_id: z.string(),
  session_id: z.string(),
  server: z.string(),
  tool: z.string(),
  state: longCallStateSchema,
  started_at: z.number(),
  handed_at: z.number().describe('when the client got a handle in place of the answer'),
  ended_at: z.number().nullable(),
  fetched_at: z.number().nullable().describe('when the client first fetched the answer'),
  ok: z.boolean().nullable().describe('whether the answer reports success; null without an answer'),
  bytes: z.int().describe('size of the answer, also when it is gone'),
  progress: progressSchema.nullable(),
});

export const callsSchema = z.object({
  running: z.array(callInFlightSchema).describe('calls that a client waits for, the oldest first'),
  handed_out: z.array(longCallSchema).describe('calls that became a handle, the newest first'),
  now: z.number(),
});

const renewedSchema = z.boolean().describe('its time starts anew with each sign of progress');

export const patienceSchema = z.object({
  client_id: z.string(),
  seconds: z.number().describe('how long the client waits for the answer to a call'),
  renewed_by_progress: renewedSchema,
  from: z
    .enum(['set', 'learned', 'program', 'usual'])
    .describe('set by hand; learned, as the client gave up; known of its program; the usual time'),
  learned_seconds: z.number().nullable().describe('what the client showed by giving up; null until it did so steadily'),
  default: z
    .object({ seconds: z.number(), renewed_by_progress: renewedSchema, from: z.enum(['program', 'usual']) })
    .describe('what holds while nothing is set or learned'),
});

export const newPatienceSchema = z.object({
  seconds: z
    .number()
    .min(LEAST_PATIENCE_SECONDS, `a client waits ${LEAST_PATIENCE_SECONDS} seconds at least`)
    .max(MOST_PATIENCE_SECONDS, said('said.input.patience'))
    .nullable()
    .describe('null to go by what Holdfast finds out'),
});

export type CallInFlight = z.infer<typeof callInFlightSchema>;
export type LongCallState = z.infer<typeof longCallStateSchema>;
export type LongCallView = z.infer<typeof longCallSchema>;
export type PatienceView = z.infer<typeof patienceSchema>;
export type Calls = z.infer<typeof callsSchema>;

/** Methods about calls that run now, and those that became a handle. */
export const callMethods = {
  'calls.list': call({ input: z.object({}), output: callsSchema }),
  /** Gives a call up: whoever waits for it gets an error, and its server is told. */
  'calls.cancel': call({ input: z.object({ call_id: z.int() }), output: z.object({}) }),
  'calls.patience': call({ input: z.object({}), output: z.object({ clients: z.array(patienceSchema) }) }),
  'calls.set_patience': call({
    input: z.object({ client_id: z.string(), ...newPatienceSchema.shape }),
    output: patienceSchema,
  }),
};
