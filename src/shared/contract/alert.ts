import { z } from 'zod';
import { said } from '../messages/said';
import { browserAddress } from '../model/browser-address';
import { call } from './method';
import { instantSchema } from './time';

const ms = z.number().int().nonnegative().describe('milliseconds since the Unix epoch, UTC');

/** What Holdfast tells its user of. docs/alerts.md says when. */
export const alertKindSchema = z.enum([
  'session_dropped',
  'session_flapping',
  'server_down',
  'login_needed',
  'call_held',
  'confirmation_needed',
  'tools_changed',
  'holdfast_killed',
]);
export type AlertKind = z.infer<typeof alertKindSchema>;

/** Something that is broken, or was until lately. It holds no secret. */
export const alertSchema = z.object({
  id: z.string(),
  kind: alertKindSchema,
  about: z
    .union([z.object({ session: z.string() }), z.object({ server: z.string() })])
    .nullable()
    .describe('null: Holdfast itself'),
  values: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .describe('what the sentence speaks of, by name, for a sentence of your own; docs/alerts.md names them by kind'),
  sentence: z.string().describe('in English'),
  since: ms.describe('when it was noticed'),
  told_at: ms.nullable().describe('when the user was told; null if not: switched off, quiet, or told lately already'),
  ended_at: ms.nullable().describe('when it was over; null while it is not'),
});
export type Alert = z.infer<typeof alertSchema>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, said('said.input.time_of_day'));

/** Hours of each day, by the clock on the wall, in which nothing is told. They may pass midnight. */
const quietHoursSchema = z.object({ from: timeOfDay, to: timeOfDay });
export type QuietHours = z.infer<typeof quietHoursSchema>;

/** Where alerts may be posted: to this machine, or encrypted. A name or password in it would end up in logs elsewhere. */
const webhookSchema = z
  .string()
  .max(2_048, said('said.input.webhook_length'))
  .refine((text) => browserAddress(text) !== null, said('said.input.webhook'));

/** The settings as they are kept. */
export const keptAlertSettingsSchema = z.object({
  off: z.array(alertKindSchema).default([]),
  quiet_hours: quietHoursSchema.nullable().default(null),
  paused_until: ms.nullable().default(null),
  webhook: webhookSchema.nullable().default(null),
});
export type KeptAlertSettings = z.infer<typeof keptAlertSettingsSchema>;

/** The settings as they are shown: an address may be all that protects a webhook, so only its host is. */
export const alertSettingsSchema = z.object({
  off: z.array(alertKindSchema).describe('kinds that are not told'),
  quiet_hours: quietHoursSchema.nullable(),
  paused_until: ms.nullable().describe('nothing is told before; null when it is not paused'),
  webhook_host: z.string().nullable().describe('host of the webhook; null without one'),
});
export type AlertSettings = z.infer<typeof alertSettingsSchema>;

/** What changes; what is left out stays. */
export const alertChangeSchema = z.strictObject({
  off: z.array(alertKindSchema).max(alertKindSchema.options.length).optional(),
  quiet_hours: quietHoursSchema.nullable().optional(),
  paused_until: instantSchema.nullable().optional(),
  webhook: webhookSchema.nullable().optional(),
});
export type AlertChange = z.infer<typeof alertChangeSchema>;

export const alertsSchema = z.object({
  alerts: z.array(alertSchema).describe('what is open, and the latest 100 that are over; oldest first'),
});

/** What came of a test of each way of telling. */
export const alertTestSchema = z.object({
  notification: z
    .enum(['shown', 'not_shown', 'no_window'])
    .describe('whether the system says that it showed one; without a window, none are shown'),
  webhook: z.object({ problem: z.string().nullable() }).nullable().describe('null without a webhook'),
});
export type AlertTest = z.infer<typeof alertTestSchema>;

const none = z.object({}).strict();

/** The alert methods of the window's contract. */
export const alertMethods = {
  'alerts.list': call({ input: none, output: alertsSchema }),
  'alerts.settings': call({ input: none, output: alertSettingsSchema }),
  'alerts.change': call({ input: alertChangeSchema, output: alertSettingsSchema }),
  /** Tells of a test by every way that is set, also in quiet hours and in a pause. Takes at most five seconds. */
  'alerts.test': call({ input: none, output: alertTestSchema }),
};
