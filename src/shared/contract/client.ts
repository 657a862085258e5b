import { z } from 'zod';
import { said } from '../messages/said';

export const clientTypeSchema = z.enum([
  'claude-code',
  'claude-desktop',
  'cursor',
  'vscode',
  'codex',
  'gemini',
  'other',
]);
/** Which protocol era a client is offered: sessions (default), or the stateless 2026-07-28 revision. */
export const clientPolicySchema = z.enum(['sessionful', 'stateless']);

/** What a new process of the client gets when the process of an earlier session is gone. */
export const newProcessSchema = z.enum(['new_session', 'last_session']);

/** An installed program that may connect. The key itself is shown once, at creation, and only its SHA-256 is kept. */
export const clientSchema = z.object({
  client_id: z.string(),
  name: z.string(),
  type: clientTypeSchema,
  type_name: z.string().nullable().describe('the type as it was given, when it is not one of those above'),
  policy: clientPolicySchema,
  new_process: newProcessSchema.describe(
    'what a new process of the client gets when the old one is gone: a new session, or the last one of the same folder',
  ),
  may_take_over: z
    .boolean()
    .describe('sessions of other clients may be handed over to it, with what their servers hold'),
  created_at: z.number(),
  first_seen_at: z.number().nullable().describe('when the first authenticated request arrived'),
  last_seen_at: z.number().nullable(),
  key_used_at: z.number().nullable().describe('when its present key last came; null: not yet'),
  old_key: z
    .object({
      valid_until: z.number(),
      last_used_at: z.number().nullable().describe('null: never'),
    })
    .nullable()
    .describe('the key from before the last renewal, while it still works'),
});
export const newClientSchema = z.object({
  name: z.string().trim().min(1, said('said.input.no_name')).max(60),
  type: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .default('other')
    .describe(`${clientTypeSchema.options.join(', ')}; any other counts as "other", and is kept as type_name`),
  policy: clientPolicySchema.default('sessionful'),
  new_process: newProcessSchema.optional().describe('"last_session" for Claude Desktop, "new_session" for others'),
});
export const createdClientSchema = z.object({ client_id: z.string(), client_key: z.string() });
export const renewedKeySchema = createdClientSchema.extend({
  old_key_until: z.number().describe('until when the key from before works, too'),
});
/** Whose keys these are. Keys are named by their SHA-256 in hex: looking one up must not carry it about. */
export const keyQuerySchema = z.object({ key_hashes: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(50) });
export const keyHolderSchema = z.object({
  key_hash: z.string(),
  client_id: z.string(),
  last_used_at: z.number().nullable().describe('when this key last came, to the millisecond'),
  ends_at: z.number().nullable().describe('when it stops working, because there is a newer one; null: it does not'),
});

export type ClientType = z.infer<typeof clientTypeSchema>;
export type ClientPolicy = z.infer<typeof clientPolicySchema>;
export type Client = z.infer<typeof clientSchema>;
export type NewClient = z.output<typeof newClientSchema>;
export type CreatedClient = z.infer<typeof createdClientSchema>;
export type RenewedKey = z.infer<typeof renewedKeySchema>;
export type KeyHolder = z.infer<typeof keyHolderSchema>;
export type NewProcess = z.infer<typeof newProcessSchema>;
