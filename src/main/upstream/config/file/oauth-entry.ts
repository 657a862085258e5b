import { z } from 'zod';
import { said } from '../../../../shared/messages/said';
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

const text = (key: string) =>
  z
    .string(said('said.oauth.not_text', { key }))
    .refine((it) => it.trim() !== '', said('said.oauth.empty', { key }))
    .optional();
const oneOf = (key: string, choices: readonly string[]) =>
  said('said.oauth.one_of', { key, choices: choices.map((it) => `"${it}"`).join(', ') });
const LIST = said('said.oauth.scopes');

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
      .refine((it) => it.length <= MOST_SCOPES, said('said.oauth.too_many_scopes', { most: MOST_SCOPES }))
      .optional(),
    resource: text('resource'),
    authorizationServer: text('authorizationServer'),
    clientMetadataUrl: text('clientMetadataUrl'),
    grant: z.enum(OAUTH_GRANTS, oneOf('grant', OAUTH_GRANTS)).optional(),
    acceptsOtherIssuer: z.boolean(said('said.oauth.not_boolean', { key: 'acceptsOtherIssuer' })).optional(),
  },
  said('said.oauth.no_object'),
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
    const sentence = said('said.oauth.of_command');
    return [{ path: ['oauth'], sentence }];
  }
  const name = isRecord(headers) && Object.keys(headers).find((it) => it.toLowerCase() === 'authorization');
  if (typeof name !== 'string' || oauth === false) return [];
  const sentence = said('said.oauth.beside_header', { name });
  return [{ path: ['headers', name], sentence }];
}

function conflictsIn(form: OAuthForm): EntryProblem[] {
  const { clientId, clientSecret, privateKey, privateKeyFile, algorithm, grant, clientMetadataUrl } = form;
  const key = privateKey === undefined ? 'privateKeyFile' : 'privateKey';
  const hasKey = privateKey !== undefined || privateKeyFile !== undefined;
  const isMachine = grant === 'client_credentials';
  const checks: [wrong: boolean, key: string, sentence: string][] = [
    [privateKey !== undefined && privateKeyFile !== undefined, 'privateKeyFile', said('said.oauth.two_keys')],
    [clientSecret !== undefined && hasKey, key, said('said.oauth.secret_and_key', { key })],
    [
      clientId === undefined && (clientSecret !== undefined || hasKey),
      clientSecret === undefined ? key : 'clientSecret',
      said('said.oauth.no_client', { key: clientSecret === undefined ? key : 'clientSecret' }),
    ],
    [algorithm !== undefined && !hasKey, 'algorithm', said('said.oauth.no_key')],
    [
      isMachine && clientId === undefined && clientSecret === undefined && !hasKey,
      'grant',
      said('said.oauth.machine_client'),
    ],
    [
      isMachine && clientId !== undefined && clientSecret === undefined && !hasKey,
      'grant',
      said('said.oauth.machine_secret'),
    ],
    [
      clientId !== undefined && clientMetadataUrl !== undefined,
      'clientMetadataUrl',
      said('said.oauth.metadata_and_client'),
    ],
  ];
  return checks.flatMap(([isWrong, field, sentence]) => (isWrong ? [{ path: ['oauth', field], sentence }] : []));
}
