import { z } from 'zod';

const ms = z.number().int().nonnegative().describe('milliseconds since the Unix epoch, UTC');

/**
 * The login of a server over HTTP as every interface shows it. It holds no token, no code and no secret.
 *
 * `none`: it needs no login, as far as is known. `needed`: it wants one, and calls wait for it. `under_way`: somebody is
 * logging in at the moment. `logged_in`: requests carry a token, which is refreshed by itself where that is possible.
 */
export const loginSchema = z.object({
  state: z.enum(['none', 'needed', 'under_way', 'logged_in']),
  since: ms.nullable().describe('when this state began; null if it always was so'),
  host: z
    .string()
    .nullable()
    .describe('where one logs in: the host of the authorization server; null until it is known'),
  account: z.string().nullable().describe('who is logged in, where the authorization server says so'),
  is_machine: z.boolean().describe('it logs in by itself with a secret of its own (client credentials)'),
  scopes: z.array(z.string()).describe('what the login allows'),
  expires_at: ms.nullable().describe('when the present access token expires; null if that is unknown'),
  refreshes: z.boolean().describe('whether it is refreshed without anybody logging in again'),
  last_refresh_at: ms.nullable(),
  held_calls: z.number().int().nonnegative().describe('calls that wait for the login'),
  problem: z.string().nullable().describe('what is wrong and what to do about it; null when nothing is'),
});
export type Login = z.infer<typeof loginSchema>;

/** A login that was begun: where to go with a browser. Nothing opens by itself. */
export const loginBegunSchema = z.object({
  url: z.string().describe('address of the authorization server, to be opened in a browser'),
  host: z.string().describe('its host, to be shown before it is opened'),
  expires_at: ms.describe('until when the login must be finished'),
  code: z.string().nullable().describe('device flow: the code to enter there; null otherwise'),
});
export type LoginBegun = z.infer<typeof loginBegunSchema>;
