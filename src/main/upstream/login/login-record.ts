import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { InitializeResult } from '../../mcp/server-channel';

const issued = z.looseObject({ issuer: z.string() });
const discoveryShape = z.looseObject({
  authorizationServerUrl: z.string(),
  resourceMetadataUrl: z.string().optional(),
  resourceMetadata: z.looseObject({ resource: z.string() }).optional(),
  authorizationServerMetadata: issued.optional(),
});
const introductionShape = z.looseObject({ protocolVersion: z.string(), capabilities: z.looseObject({}) });
const clientShape = issued.extend({ client_id: z.string() });
const tokensShape = issued.extend({ access_token: z.string(), refresh_token: z.string().optional() });

/** A form of the SDK, kept as it is: only what is used without it is looked at. */
const kept = <T>(shape: z.ZodType) => z.custom<T>((value) => shape.safeParse(value).success);

/** Why somebody has to log in. */
const neededSchema = z.object({
  since: z.number(),
  /** A sentence, without secrets. */
  reason: z.string(),
  /** What to ask for, when the login so far allows too little; null otherwise. */
  scope: z.string().nullable(),
  /** The present token stays good for what it allows. */
  keeps: z.boolean().default(false),
});

/** Everything that is kept of the login of one server. It holds secrets: it goes to the secrets port and nowhere else. */
export const loginRecordSchema = z.object({
  /** Address of the server. What is kept belongs to it alone: at another address it counts for nothing. */
  url: z.string(),
  /** What was found out about where one logs in. */
  discovery: kept<OAuthDiscoveryState>(discoveryShape).nullable(),
  /** The registration at the authorization server that it names, and for which redirect address it was made. */
  client: kept<StoredOAuthClientInformation>(clientShape).nullable(),
  redirect_uri: z.string().nullable(),
  tokens: kept<StoredOAuthTokens>(tokensShape).nullable(),
  account: z.string().nullable(),
  issued_at: z.number().nullable(),
  expires_at: z.number().nullable(),
  logged_in_at: z.number().nullable(),
  last_refresh_at: z.number().nullable(),
  needed: neededSchema.nullable(),
  /** What the server last said of itself. */
  introduction: kept<InitializeResult>(introductionShape).nullable(),
  /** A refresh whose outcome is not known yet: where it is left, and the key that opens it. */
  refresh: z.object({ id: z.string(), key: z.string() }).nullable(),
});

export type LoginRecord = z.infer<typeof loginRecordSchema>;
/** The record of a server that nobody has logged in to. */
export const noLogin = (url: string): LoginRecord => ({
  url,
  discovery: null,
  client: null,
  redirect_uri: null,
  tokens: null,
  account: null,
  issued_at: null,
  expires_at: null,
  logged_in_at: null,
  last_refresh_at: null,
  needed: null,
  introduction: null,
  refresh: null,
});
