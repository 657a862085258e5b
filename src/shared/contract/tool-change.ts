import { z } from 'zod';

/** Changes of one server that are told; there may be more. */
export const MOST_CHANGES = 100;

const changedLineSchema = z.object({
  mark: z.enum([' ', '-', '+']).describe('" " stayed, "-" was, "+" is'),
  text: z.string(),
});
export type ChangedLine = z.infer<typeof changedLineSchema>;

/** What a tool said of itself when it was last known to be all right, and what it says now. */
const toolChangeSchema = z.object({
  tool: z.string().nullable().describe("the server's own name for it; null: the version of the server itself"),
  changed_at: z.number().int().nonnegative().describe('milliseconds since the Unix epoch, UTC'),
  held: z.boolean().describe('clients neither see it nor can call it until the change is accepted'),
  fields: z.array(
    z.object({
      field: z.enum(['title', 'description', 'inputSchema', 'outputSchema', 'annotations', 'version']),
      before: z.string().nullable().describe('null when there was none; cut off at 8,000 characters'),
      after: z.string().nullable(),
      lines: z.array(changedLineSchema).describe('the differences, with two lines around each'),
    }),
  ),
});
export type ToolChange = z.infer<typeof toolChangeSchema>;

export const toolChangesSchema = z.object({
  changes: z.array(toolChangeSchema).max(MOST_CHANGES).describe('newest first'),
  more: z.number().int().nonnegative().describe('how many are left out'),
});
export type ToolChanges = z.infer<typeof toolChangesSchema>;
