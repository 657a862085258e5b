import { z } from 'zod';

/** Facts about the running Holdfast that the window shows. Holds no secrets. */
export const appInfoSchema = z.object({
  name: z.literal('Holdfast'),
  version: z.string(),
  url: z.string().describe('address of the endpoint, e.g. http://127.0.0.1:8181'),
  data_folder: z.string(),
  pid: z.number(),
  started_at: z.number(),
  epoch: z.string().describe('changes when the event log no longer continues the previous one'),
  seq: z.number().describe('newest event'),
  token_life_minutes: z.number(),
  retention_hours: z.number().describe('how long a session without its client can be resumed, as it is set now'),
  cli: z
    .object({ command: z.string(), args: z.array(z.string()), env: z.record(z.string(), z.string()) })
    .describe('how another program of this user starts the command line; its own arguments follow `args`'),
  notices: z.array(z.string()).describe('what the user should know, e.g. that a damaged database was replaced'),
});
export type AppInfo = z.infer<typeof appInfoSchema>;
