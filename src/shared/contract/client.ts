import { z } from 'zod';

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

/** An installed program that may connect. The key itself is shown once, at creation, and only its SHA-256 is kept. */
export const clientSchema = z.object({
  client_id: z.string(),
  name: z.string(),
  type: clientTypeSchema,
  policy: clientPolicySchema,
  created_at: z.number(),
  first_seen_at: z.number().nullable().describe('when the first authenticated request arrived'),
  last_seen_at: z.number().nullable(),
});
export const newClientSchema = z.object({
  name: z.string().trim().min(1, 'give the client a name').max(60),
  type: clientTypeSchema.default('other'),
  policy: clientPolicySchema.default('sessionful'),
});
export const createdClientSchema = z.object({ client_id: z.string(), client_key: z.string() });

export type ClientType = z.infer<typeof clientTypeSchema>;
export type ClientPolicy = z.infer<typeof clientPolicySchema>;
export type Client = z.infer<typeof clientSchema>;
export type NewClient = z.infer<typeof newClientSchema>;
export type CreatedClient = z.infer<typeof createdClientSchema>;
