import { z } from 'zod';
import { call } from './method';

const bytes = z.number().int().min(0);

/** What Holdfast keeps, for how long, and how much it is. */
export const keptDataSchema = z.object({
  areas: z.array(
    z.object({
      name: z.enum([
        'events',
        'sessions',
        'activity',
        'contents',
        'history',
        'messages',
        'answers',
        'other',
        'backups',
        'log',
      ]),
      what: z.string(),
      kept: z.string().describe('for how long, in words'),
      days: z.number().nullable().describe('for how many days; null if time does not decide'),
      bytes,
      limit_bytes: bytes.nullable().describe('how much of it is kept at most; null if nothing of its own limits it'),
    }),
  ),
  total_bytes: bytes.describe('of all areas, with what the database holds free'),
});
export type KeptData = z.infer<typeof keptDataSchema>;

/** What to delete. */
export const deletionSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('activity') }).strict(),
  z.object({ what: z.literal('contents') }).strict(),
  z.object({ what: z.literal('history') }).strict(),
  z.object({ what: z.literal('ended_sessions') }).strict(),
  z.object({ what: z.literal('older'), days: z.number().int().min(1).max(400) }).strict(),
]);
export type Deletion = z.infer<typeof deletionSchema>;

/** Rows that go, or went. */
export const deletionCountsSchema = z.object({
  events: z.number(),
  sessions: z.number().describe('ended ones'),
  activity: z.number().describe('messages that were called or sent'),
  contents: z.number().describe('messages whose contents were recorded'),
  history: z.number().describe('minutes and hours'),
});
export type DeletionCounts = z.infer<typeof deletionCountsSchema>;

/** The methods of what is kept. */
export const privacyMethods = {
  'privacy.kept': call({ input: z.object({}).strict(), output: keptDataSchema }),
  /** Counts what a deletion would take; deletes nothing. */
  'privacy.preview': call({ input: deletionSchema, output: deletionCountsSchema }),
  /** Deletes for good, a few thousand rows at a time. Sessions that have not ended stay whole. */
  'privacy.delete': call({ input: deletionSchema, output: deletionCountsSchema }),
};
