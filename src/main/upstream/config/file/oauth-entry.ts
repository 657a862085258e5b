import { z } from 'zod';
import { MOST_SCOPES, OAUTH_GRANTS, scopesIn } from '../../../../shared/model/oauth-rules';
import type { EntryProblem } from './entry-problem';
import { isRecord } from './is-record';

/** Algorithms with which a private key can sign (RFC 7518 section 3.1, RFC 8037 section 3.1). */
const ALGORITHMS = [
  ...['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'EdDSA'],
] as const;

/** The fields that are one text each. */
export interface OAuthTexts {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly privateKey?: string | undefined;
  readonly privateKeyFile?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly resource?: string | undefined;
  readonly authorizationServer?: string | undefined;
  readonly clientMetadataUrl?: string | undefined;
}

/** What `oauth` in an entry says, before references are expanded and secrets filled in. */
export interface OAuthForm extends OAuthTexts {
  /** `true` and `false` stand in place of an object; null for an object. */
  readonly needed: boolean | null;
  readonly scopes: readonly string[];
  readonly grant: (typeof OAUTH_GRANTS)[number];
  readonly acceptsOtherIssuer: boolean;
}

const named = (key: string) => `"${key}" in "oauth"`;
const text = (key: string) =>
  z
    .string(`${named(key)} must be text. Put it in quotes.`)
    .refine((it) => it.trim() !== '', `${named(key)} is empty. Write it, or leave it out.`)
    .optional();
const oneOf = (key: string, choices: readonly string[]) =>
  `${named(key)} is one of ${choices.map((it) => `"${it}"`).join(', ')}. Choose one of them.`;
const LIST = `${named('scopes')} must be a list like ["read", "write"].`;

const oauthSchema = z.looseObject(
  {
    clientId: text('clientId'),
    clientSecret: text('clientSecret'),
    privateKey: text('privateKey'),
    privateKeyFile: text('privateKeyFile'),
    algorithm: z.enum(ALGORITHMS, oneOf('algorithm', ALGORITHMS)).optional(),
    scopes: z
      .union([z.string(), z.array(z.string())], LIST)
      .transform((it) => (typeof it === 'string' ? [it] : it).flatMap(scopesIn))
      .refine((it) => it.length <= MOST_SCOPES, `${named('scopes')} has more than ${MOST_SCOPES}. Remove some.`)
      .optional(),
    resource: text('resource'),
    authorizationServer: text('authorizationServer'),
    clientMetadataUrl: text('clientMetadataUrl'),
    grant: z.enum(OAUTH_GRANTS, oneOf('grant', OAUTH_GRANTS)).optional(),
    acceptsOtherIssuer: z.boolean(`${named('acceptsOtherIssuer')} must be true or false, without quotes.`).optional(),
  },
  '"oauth" must be an object like {"clientId": "…"}, or true or false.',
);

/** The names of all fields of `oauth`. */
export const OAUTH_FIELDS: readonly string[] = Object.keys(oauthSchema.shape);

/**
 * Reads `oauth` of an entry and reports every problem in it, by its path in the entry. The form is null when the entry says
 * nothing about a login.
 */
export function readOAuth(entry: Readonly<Record<string, unknown>>): {
  form: OAuthForm | null;
  problems: EntryProblem[];
} {
  const { oauth: value } = entry;
  if (value === undefined) return { form: null, problems: [] };
  const around = conflictsAround(entry);
  if (typeof value === 'boolean') return { form: { ...NOTHING, needed: value }, problems: around };
  const parsed = oauthSchema.safeParse(value);
  const found = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: ['oauth', ...path.map((part) => (typeof part === 'symbol' ? String(part) : part))],
    sentence: message,
  }));
  const fields = parsed.data ?? understood(value);
  const { clientId, clientSecret, privateKey, privateKeyFile, algorithm, scopes, grant, acceptsOtherIssuer } = fields;
  const { resource, authorizationServer, clientMetadataUrl } = fields;
  const form: OAuthForm = {
    needed: null,
    ...{ clientId, clientSecret, privateKey, privateKeyFile, algorithm },
    ...{ resource, authorizationServer, clientMetadataUrl },
    scopes: scopes ?? [],
    grant: grant ?? 'authorization_code',
    acceptsOtherIssuer: acceptsOtherIssuer ?? false,
  };
  return { form, problems: [...around, ...found, ...(found.length === 0 ? conflictsIn(form) : [])] };
}

const NOTHING: OAuthForm = { needed: null, scopes: [], grant: 'authorization_code', acceptsOtherIssuer: false };

/** The fields that are valid on their own. */
function understood(value: unknown): Partial<z.output<typeof oauthSchema>> {
  if (!isRecord(value)) return {};
  return Object.fromEntries(
    Object.entries(oauthSchema.shape).flatMap(([key, schema]) => {
      const { data } = schema.safeParse(value[key]);
      return data === undefined ? [] : [[key, data]];
    }),
  );
}

function conflictsAround({ command, oauth, headers }: Readonly<Record<string, unknown>>): EntryProblem[] {
  if (command !== undefined) {
    const sentence = '"oauth" is for a server with a "url". Remove it; a command gets what it needs in "env".';
    return [{ path: ['oauth'], sentence }];
  }
  const name = isRecord(headers) && Object.keys(headers).find((it) => it.toLowerCase() === 'authorization');
  if (typeof name !== 'string' || oauth === false) return [];
  const sentence = `"${name}" in "headers" and "oauth" exclude each other: a login sends this header itself. Remove one of them.`;
  return [{ path: ['headers', name], sentence }];
}

function conflictsIn(form: OAuthForm): EntryProblem[] {
  const { clientId, clientSecret, privateKey, privateKeyFile, algorithm, grant, clientMetadataUrl } = form;
  const key = privateKey === undefined ? 'privateKeyFile' : 'privateKey';
  const hasKey = privateKey !== undefined || privateKeyFile !== undefined;
  const isMachine = grant === 'client_credentials';
  const checks: [wrong: boolean, key: string, sentence: string][] = [
    [
      privateKey !== undefined && privateKeyFile !== undefined,
      'privateKeyFile',
      'there are both "privateKey" and "privateKeyFile". Remove one of them.',
    ],
    [
      clientSecret !== undefined && hasKey,
      key,
      `there are both "clientSecret" and "${key}". Remove the one that the authorization server does not know.`,
    ],
    [
      clientId === undefined && (clientSecret !== undefined || hasKey),
      clientSecret === undefined ? key : 'clientSecret',
      `"${clientSecret === undefined ? key : 'clientSecret'}" belongs to a client. Write its "clientId" too.`,
    ],
    [
      algorithm !== undefined && !hasKey,
      'algorithm',
      '"algorithm" is what a private key signs with, but there is none. Write "privateKeyFile", or remove it.',
    ],
    [
      isMachine && clientId === undefined && clientSecret === undefined && !hasKey,
      'grant',
      '"client_credentials" needs a client. Write "clientId", and "clientSecret" or "privateKeyFile".',
    ],
    [
      isMachine && clientId !== undefined && clientSecret === undefined && !hasKey,
      'grant',
      '"client_credentials" needs a secret. Write "clientSecret" or "privateKeyFile".',
    ],
    [
      clientId !== undefined && clientMetadataUrl !== undefined,
      'clientMetadataUrl',
      '"clientMetadataUrl" stands in for a "clientId". Remove one of them.',
    ],
  ];
  return checks.flatMap(([isWrong, field, sentence]) => (isWrong ? [{ path: ['oauth', field], sentence }] : []));
}
