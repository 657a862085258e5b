import { z } from 'zod';
import { call } from './method';

/** What the demo client calls itself, and its type in Holdfast. */
export const DEMO_CLIENT = 'holdfast-demo';

const none = z.object({}).strict();

const demoSchema = z.object({
  phase: z
    .enum(['idle', 'starting', 'connected', 'dropped', 'back', 'over', 'failed'])
    .describe('`dropped`: its process was killed and its session waits; `back`: a new process has it again'),
  session_id: z.string().nullable().describe('while there is one'),
  problem: z.string().nullable().describe('why it failed, as a sentence'),
});
export type Demo = z.infer<typeof demoSchema>;

/** The methods of the demo: a real client that connects, is killed and comes back, and leaves nothing behind. */
export const demoMethods = {
  'demo.get': call({ input: none, output: demoSchema }),
  /** Starts it; one that runs goes on. */
  'demo.start': call({ input: none, output: demoSchema }),
};
