import { z } from 'zod';
import { said } from '../messages/said';
import { SET_NAME } from '../model/mcp-address';
import { ITEM_KINDS, VISIBILITY_LIMITS } from '../model/visibility';
import { call } from './method';
import { serverNameSchema } from './server';

const n = z.number().int().nonnegative();
const ms = z.number().int().nonnegative().describe('milliseconds since the Unix epoch, UTC');
const kindSchema = z.enum(ITEM_KINDS);
const client_id = z.string().max(200);
const forWhom = client_id.nullable().describe('null for all clients');
const part = {
  server: serverNameSchema,
  kind: kindSchema.nullable().default(null).describe('null, like name, for the whole server'),
  name: z
    .string()
    .min(1)
    .max(VISIBILITY_LIMITS.name)
    .nullable()
    .default(null)
    .describe("the server's own name for a tool or prompt, the URI of a resource, or the template of such URIs"),
};
const isWhole = ({ kind, name }: { kind: unknown; name: unknown }) => (kind === null) === (name === null);
const WHOLE = { error: said('said.input.part') };

/** A server, or one thing of it. */
export const serverPartSchema = z.strictObject(part).refine(isWhole, WHOLE);

export const setNameSchema = z
  .string()
  .min(1, SET_NAME.wrong)
  .max(SET_NAME.longest, SET_NAME.tooLong)
  .regex(SET_NAME.pattern, SET_NAME.wrong);

const ruleShape = { client_id: forWhom, ...part };

/** A change of one rule, as undoing gives it back. */
export const ruleChangeSchema = z
  .strictObject({ ...ruleShape, shown: z.boolean().nullable().describe('null: there is no such rule') })
  .refine(isWhole, WHOLE);
const ruleChangesSchema = z.array(ruleChangeSchema).max(2 * VISIBILITY_LIMITS.parts);
export const undoSchema = z.object({ undo: ruleChangesSchema.describe('rules that put back what was before') });

const partsSchema = z.array(serverPartSchema).max(VISIBILITY_LIMITS.parts);
export const toolSetSchema = z.object({ name: z.string(), parts: partsSchema });

/** Everything that decides what clients see. */
export const visibilitySchema = z.object({
  rules: z.array(z.object({ ...ruleShape, shown: z.boolean() })),
  sets: z.array(toolSetSchema),
  chosen: z.array(z.object({ client_id, set: z.string() })).describe('the sets that clients see at /mcp'),
  searching: z.array(client_id).describe('the clients that find tools at /mcp by a search'),
});

export const shownChangeSchema = z.strictObject({
  client_id: forWhom.default(null),
  parts: partsSchema.min(1, said('said.input.nothing')),
  shown: z.boolean(),
});

/** Why a client does not see something. */
const hiddenSchema = z.enum(['for_client', 'for_all', 'server_for_client', 'server_for_all', 'not_in_set']);
export type HiddenReason = z.infer<typeof hiddenSchema>;

/** Things of a server that are told; it may list more. */
export const MOST_ITEMS = 1_000;
const itemShape = { kind: kindSchema, name: z.string() };

export const listedItemsSchema = z.object({
  items: z
    .array(
      z.object({
        ...itemShape,
        description: z.string().nullable().describe('its first line'),
        tokens: n
          .nullable()
          .describe('estimate of what it takes in each chat; null for what is not sent to models unasked'),
        calls: n.describe('within 30 days; of tools only'),
        last_used: ms.nullable().describe('the day of its last call, within 30 days'),
      }),
    )
    .max(MOST_ITEMS),
  more: n.describe('how many are left out'),
  changed_at: ms.nullable().describe('when it last listed something else; null when it has not listed anything yet'),
  days: n.describe('on so many of the last 30 days a client was sent its tools'),
});

/** Tools that every chat carries and none used. */
export const toolAdviceSchema = z.object({
  server: z.string(),
  tools: n.describe('how many it lists'),
  unused: z.array(z.object({ name: z.string(), tokens: n })),
  tokens: n.describe('estimate of what the unused ones take in each chat'),
  days: n.describe('on so many of the last 30 days a client was sent its tools'),
});
export type ToolAdvice = z.infer<typeof toolAdviceSchema>;
export type ListedItems = z.infer<typeof listedItemsSchema>;
export type ListedItem = ListedItems['items'][number];

/** What the tools that a client sees take in each chat, by estimate and without Holdfast's own tools. */
const tokensSchema = z.object({
  listed: n.describe('with all of them listed'),
  search: n.describe('with a search in their place, before anything is found'),
});

/** What one client sees at the address of all servers. */
export const clientViewSchema = z.object({
  set: z.string().nullable().describe('the set that was chosen for it; null for everything'),
  search: z.boolean().describe('whether it finds tools by a search, in place of a list of all'),
  tokens: tokensSchema,
  servers: z.array(
    z.object({
      server: z.string(),
      hidden: hiddenSchema.nullable().describe('why it sees nothing at all of the server'),
      items: z.array(z.object({ ...itemShape, hidden: hiddenSchema.nullable() })),
      more: n,
    }),
  ),
  shown: n.describe('tools, prompts and resources that it sees'),
  all: n,
});
export type ClientView = z.infer<typeof clientViewSchema>;

const none = z.object({}).strict();

export const visibilityMethods = {
  'tools.visibility': call({ input: none, output: visibilitySchema }),
  /** What a server listed last, read without starting it. */
  'tools.items': call({ input: z.object({ server: z.string() }), output: listedItemsSchema }),
  /** What could be hidden from all clients, as none has called it. */
  'tools.advice': call({ input: none, output: z.object({ advice: z.array(toolAdviceSchema) }) }),
  'tools.of_client': call({ input: z.object({ client_id }), output: clientViewSchema }),
  'tools.set_shown': call({ input: shownChangeSchema, output: undoSchema }),
  /** Puts rules in force as they are; undoes a change. */
  'tools.put_rules': call({ input: z.object({ rules: ruleChangesSchema }), output: undoSchema }),
  /** Saves a set; with `replaces` in place of that one. */
  'sets.save': call({
    input: z.object({ name: setNameSchema, parts: partsSchema, replaces: z.string().nullable().default(null) }),
    output: toolSetSchema,
  }),
  /** Deletes a set. Clients that have chosen it see everything again. */
  'sets.remove': call({ input: z.object({ name: z.string() }), output: none }),
  /** Chooses what a client sees at the address of all servers, and whether it is listed or found by a search. */
  'sets.choose': call({
    input: z.object({ client_id, set: z.string().nullable(), search: z.boolean().default(false) }),
    output: none,
  }),
};
