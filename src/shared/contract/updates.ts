import { z } from 'zod';
import { call } from './method';

const ms = z.number().int().nonnegative();

export const updatesSchema = z.object({
  enabled: z.boolean().describe('whether Holdfast asks once a day'),
  address: z.string().nullable().describe('where it asks'),
  possible: z.boolean().describe('whether this build has a key to verify an answer with'),
  note: z.string().nullable().describe('a sentence for the user: why it is not possible'),
  current: z.string().describe('version that runs'),
  checked: z
    .object({ at: ms, problem: z.string().nullable().describe('a sentence for the user; null if the answer was good') })
    .nullable()
    .describe('the last time it asked'),
  how: z.string().describe('how this very installation is updated'),
  newer: z.object({ version: z.string(), changes: z.array(z.string()) }).nullable(),
});
export type UpdatesState = z.infer<typeof updatesSchema>;

export const updatesChangeSchema = z.strictObject({
  enabled: z.boolean(),
  address: z.string().max(2_000).nullable().optional(),
});

const none = z.object({}).strict();

/** The methods of the window's contract that are about newer versions. Nothing is ever downloaded but a manifest. */
export const updatesMethods = {
  'updates.get': call({ input: none, output: updatesSchema }),
  /** Without an address the one that is set stays. Refused with a sentence if one of the two cannot be. */
  'updates.set': call({
    input: updatesChangeSchema,
    output: updatesSchema,
  }),
  /** Asks now, also if it is switched off; takes at most 10 s. A failure is in `checked`. */
  'updates.check': call({ input: none, output: updatesSchema }),
};
