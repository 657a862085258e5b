import { z } from 'zod';
import { activitySchema } from './activity';
import { call } from './method';

const n = z.number().int().nonnegative();
const none = z.object({}).strict();

/** Everything is recorded for four hours at most. */
export const MAX_RECORDED_MINUTES = 240;
/** What a click on "Record contents" asks for. */
export const USUAL_RECORDED_MINUTES = 15;

/** Of what contents are recorded now. */
export const recordingSchema = z.object({
  servers: z.array(z.string()).describe('whose contents are recorded until that is switched off'),
  everything_left_ms: n.nullable().describe('how long everything is still recorded; null if it is not'),
});

/** What is to change of it. What is not named stays as it is. */
export const recordingChangeSchema = z.strictObject({
  minutes: n.max(MAX_RECORDED_MINUTES).optional().describe('records everything for so long from now; 0 ends that'),
  servers: z
    .record(z.string().min(1).max(200), z.boolean())
    .refine((servers) => Object.keys(servers).length <= 200, 'names more than 200 servers')
    .optional()
    .describe('by name, whether their contents are recorded until that is switched off'),
});

/** A part of a message, without what looks like a secret. */
const recordedPartSchema = z.object({
  json: z.string().nullable().describe('JSON; null when the part was too long to be looked at'),
  bytes: n.describe('how much there was, in bytes of UTF-8'),
  cut: z.boolean().describe('there was more than is kept: texts end with "…", and members are missing at the end'),
  masked: n.describe('how many values have something hidden in them, as "•••"'),
});

export const contentsSchema = z.object({
  params: recordedPartSchema.nullable(),
  result: recordedPartSchema.nullable(),
  error: recordedPartSchema.nullable(),
});

/** One message with its contents, if they were recorded and are still kept. */
export const activityWithContentsSchema = z.object({ activity: activitySchema, contents: contentsSchema.nullable() });

/** Why a call cannot be made again. */
const againRefusalSchema = z.enum([
  'no_tool',
  'own_tool',
  'not_recorded',
  'cut',
  'masked',
  'stateless',
  'session_ended',
  'client_gone',
  'went_on',
]);

/** What making a call again would do. */
const againPreviewSchema = z.object({
  refusal: againRefusalSchema.nullable().describe('null if it can be made again'),
  read_only: z.boolean().describe('whether its server marks the tool as one that changes nothing'),
});

/** How far a call by hand is. */
const againStateSchema = z.object({
  is_running: z.boolean(),
  outcome: z.enum(['ok', 'tool_error', 'error', 'cancelled']).nullable().describe('null while it runs'),
  result: recordedPartSchema.nullable(),
  error: recordedPartSchema.nullable(),
});

/** Contents are asked for so many messages at once, of 128 KiB each at most. */
export const MOST_CONTENTS = 100;

export const contentsQuerySchema = z.strictObject({ activity_ids: z.array(n).min(1).max(MOST_CONTENTS) });
export const contentsListSchema = z.object({
  contents: z
    .array(
      z.object({
        activity_id: n,
        request: z.string().nullable().describe('JSON: the params'),
        response: z.string().nullable().describe('JSON: the result, or the error'),
      }),
    )
    .describe('of those messages that have any'),
});

const byCall = z.object({ call_id: z.string().max(100) }).strict();
const byId = z.object({ activity_id: n }).strict();

export const activityContentsMethods = {
  'activity.get': call({ input: byId, output: activityWithContentsSchema }),
  /** What was recorded of some messages, without secrets, for a file. */
  'activity.contents': call({ input: contentsQuerySchema, output: contentsListSchema }),
  /** Says whether a call could be made again; changes nothing. */
  'activity.again_preview': call({ input: byId, output: againPreviewSchema }),
  /** Makes a call again in its session, with the arguments that were recorded; it is over within five minutes. */
  'activity.call_again': call({
    input: z.object({ activity_id: n, confirmed: z.boolean() }).strict(),
    output: z.object({ call_id: z.string() }),
  }),
  'activity.again': call({ input: byCall, output: againStateSchema }),
  'activity.cancel_again': call({ input: byCall, output: none }),
  'activity.recording': call({ input: none, output: recordingSchema }),
  'activity.set_recording': call({ input: recordingChangeSchema, output: recordingSchema }),
} as const;

export type Recording = z.infer<typeof recordingSchema>;
export type RecordingChange = z.infer<typeof recordingChangeSchema>;
export type RecordedPart = z.infer<typeof recordedPartSchema>;
export type AgainPreview = z.infer<typeof againPreviewSchema>;
export type AgainRefusal = z.infer<typeof againRefusalSchema>;
export type AgainState = z.infer<typeof againStateSchema>;
export type Contents = z.infer<typeof contentsSchema>;
export type ActivityWithContents = z.infer<typeof activityWithContentsSchema>;
export type ContentsList = z.infer<typeof contentsListSchema>;
