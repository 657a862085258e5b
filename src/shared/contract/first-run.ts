import { z } from 'zod';
import { call } from './method';

const none = z.object({}).strict();

/** The methods of the first steps, which are shown until somebody has been through them or does not want them. */
export const firstRunMethods = {
  'first_run.get': call({
    input: none,
    output: z.object({ open: z.boolean().describe('whether the first steps are to be shown') }),
  }),
  /** They are never shown again. */
  'first_run.end': call({ input: none, output: none }),
};
