import { z } from 'zod';
import { LANGUAGE_CHOICES } from '../messages/speech';
import { call } from './method';

const loginSchema = z.object({
  enabled: z
    .boolean()
    .describe('whether the system starts this very Holdfast, without its window, when the user logs in'),
  possible: z.boolean().describe('whether this Holdfast can switch it on'),
  note: z.string().nullable().describe('a sentence for the user: why it is not possible, or what else starts at login'),
});
/** What the way of starting at login says of itself. */
export type LoginStart = z.infer<typeof loginSchema>;

export const startupSchema = loginSchema.extend({
  tray: z
    .boolean()
    .nullable()
    .describe('whether this desktop shows the tray icon; null if that is not known, or Holdfast runs without a window'),
});
export type Startup = z.infer<typeof startupSchema>;

export const startupChangeSchema = z.strictObject({ enabled: z.boolean() });

/** The methods of the window's contract that are about starting at login. */
export const startupMethods = {
  'startup.get': call({ input: z.object({}).strict(), output: startupSchema }),
  /** Does nothing if it is so already. Refused with a sentence if it is not possible or cannot be saved. */
  'startup.set': call({ input: startupChangeSchema, output: startupSchema }),
  /** Says what the window speaks, so that tray, menus and notifications do, too. Without a window nothing happens. */
  'desktop.language': call({ input: z.object({ choice: z.enum(LANGUAGE_CHOICES) }), output: z.object({}).strict() }),
};
