import { z } from 'zod';
import { call } from './method';

const ms = z.number().nonnegative().describe('milliseconds since the Unix epoch, UTC');
const none = z.object({}).strict();

const checkOutcomeSchema = z.object({
  name: z.string(),
  result: z.enum(['ok', 'failed', 'skipped', 'not_run']),
  detail: z.string().describe('what was verified, or what is wrong; without secrets'),
  remedy: z.string().nullable().describe('what to do about it; null unless it failed'),
  ms: z.number(),
});
export type CheckOutcome = z.infer<typeof checkOutcomeSchema>;

const doctorReportSchema = z.object({
  running: z.boolean(),
  started_at: ms.nullable().describe('null while no checks have been run since Holdfast started'),
  total: z.number().describe('how many checks there are'),
  checks: z.array(checkOutcomeSchema).describe('those that have ended, in order'),
});
export type DoctorReport = z.infer<typeof doctorReportSchema>;

const crashSchema = z.object({
  at: ms,
  kind: z
    .enum(['holdfast', 'window', 'dump'])
    .describe('an error that ended Holdfast, the window, or a file of the system'),
  what: z.string(),
});
export type Crash = z.infer<typeof crashSchema>;

const diagnosticsSchema = z.object({
  versions: z.array(z.object({ name: z.string(), version: z.string() })),
  places: z.array(z.object({ name: z.string(), path: z.string(), exists: z.boolean() })),
  url: z.string(),
  port: z.number(),
  pid: z.number(),
  started_at: ms,
  keeper: z
    .object({ pid: z.number(), started_at: ms, children: z.number() })
    .nullable()
    .describe('the process that owns the servers; null while none is needed'),
  secrets: z.object({ protection: z.string(), problem: z.string().nullable() }),
  crashes: z.array(crashSchema).describe('the newest first, at most 20'),
});
export type Diagnostics = z.infer<typeof diagnosticsSchema>;

/** Levels of the log, as its lines number them. */
export const LOG_LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const;
export type LogLevel = keyof typeof LOG_LEVELS;

/** At most so many lines of the log are shown. */
const MOST_LOG_LINES = 500;

const logLineSchema = z.object({
  at: ms,
  level: z.number(),
  message: z.string(),
  detail: z.string().describe('the rest of the line, without secrets; empty if there is none'),
});
export type LogLine = z.infer<typeof logLineSchema>;

const logQuerySchema = z.object({
  level: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('lines of this level and above'),
  text: z.string().max(200).default('').describe('only lines that contain it'),
  limit: z.number().int().min(1).max(MOST_LOG_LINES).default(200),
});
export type LogQuery = z.output<typeof logQuerySchema>;

/** What the window may ask about Holdfast itself. No answer contains a secret. */
export const diagnosticsMethods = {
  'diagnostics.get': call({ input: none, output: diagnosticsSchema }),
  /** The newest lines of the log that match, the oldest of them first. */
  'diagnostics.log': call({
    input: logQuerySchema,
    output: z.object({ lines: z.array(logLineSchema), has_more: z.boolean() }),
  }),
  /** All of it as Markdown, to be pasted into a report: without secrets, with the home folder as `~`. */
  'diagnostics.text': call({ input: none, output: z.object({ text: z.string() }) }),
  /** Begins to run the doctor's checks; while they run, nothing new begins. They take about 15 s. */
  'doctor.start': call({ input: none, output: doctorReportSchema }),
  'doctor.report': call({ input: none, output: doctorReportSchema }),
};
