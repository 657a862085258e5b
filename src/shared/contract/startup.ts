import { z } from 'zod';
import { call } from './method';

const startupSchema = z.object({
  enabled: z
    .boolean()
    .describe('whether the system starts this very Holdfast, without its window, when the user logs in'),
  possible: z.boolean().describe('whether this Holdfast can switch it on'),
  note: z.string().nullable().describe('a sentence for the user: why it is not possible, or what else starts at login'),
});
export type Startup = z.infer<typeof startupSchema>;

/** The methods of the window's contract that are about starting at login. */
export const startupMethods = {
  'startup.get': call({ input: z.object({}).strict(), output: startupSchema }),
  /** Does nothing if it is so already. Refused with a sentence if it is not possible or cannot be saved. */
  'startup.set': call({ input: z.object({ enabled: z.boolean() }).strict(), output: startupSchema }),
};
