import type { OAuthInput, ServerInput } from '../../../shared/contract/server';
import { HoldfastError } from '../../../shared/errors';
import { type Sentence, said } from '../../../shared/messages/said';
import { scopesIn } from '../../../shared/model/oauth-rules';
import type { FieldChanges } from './file/edit-text';
import { SECRET_MARK } from './file/entry';
import { isReference } from './file/expand';
import type { Entry } from './file/file-text';
import { isRecord } from './file/is-record';
import type { StoredValues } from './server-values';

/** Fields of a login to write, and the secrets of it to keep from now on. */
interface MergedLogin {
  readonly fields: FieldChanges;
  readonly stored: Record<string, string>;
}

/** Secrets of the input and what the file calls them. */
const SECRETS = [
  ['client_secret', 'clientSecret'],
  ['private_key', 'privateKey'],
] as const;

/**
 * What the input makes of an entry's login. Fields that no input has, such as `acceptsOtherIssuer`, stay.
 * @throws HoldfastError `invalid_input`
 */
export function mergeLogin(input: ServerInput, old: Entry | null, kept: StoredValues): MergedLogin {
  const raw = (isRecord(old?.value) ? old.value : {}).oauth;
  const isThere = raw !== undefined;
  if (input.command !== undefined) {
    if (input.oauth !== undefined) throw refusal(said('said.oauth.command'));
    return { fields: isThere ? [[['oauth'], undefined]] : [], stored: {} };
  }
  const before: Readonly<Record<string, unknown>> = isRecord(raw) ? raw : {};
  const keptOf = (field: string): Record<string, string> =>
    before[field] === SECRET_MARK && Object.hasOwn(kept.oauth, field) ? { [field]: kept.oauth[field] as string } : {};
  if (input.oauth === undefined) {
    return { fields: [], stored: Object.assign({}, ...SECRETS.map(([, field]) => keptOf(field))) };
  }
  const { needed = null, ...more } = input.oauth;
  if (needed !== null) {
    if (Object.values(more).some((it) => it !== undefined)) {
      throw refusal(said('said.oauth.needed_alone', { needed: String(needed) }));
    }
    return { fields: raw === needed ? [] : [[['oauth'], needed]], stored: {} };
  }
  const stored: Record<string, string> = {};
  const next: Record<string, unknown> = { ...plainFields(more, before) };
  for (const [name, field] of SECRETS) {
    const value = more[name];
    if (value === null) {
      if (before[field] === undefined) throw refusal(said('said.oauth.none_yet', { name }));
      next[field] = before[field];
      Object.assign(stored, keptOf(field));
    } else if (value === undefined || isReference(value)) next[field] = value;
    else {
      next[field] = SECRET_MARK;
      stored[field] = value;
    }
  }
  return { fields: changesOf(raw, before, next), stored };
}

function plainFields(more: Omit<OAuthInput, 'needed'>, before: Readonly<Record<string, unknown>>) {
  const { client_id, scopes = [], resource, authorization_server, grant } = more;
  return {
    clientId: client_id,
    scopes: scopes.length === 0 ? undefined : isSameList(before.scopes, scopes) ? before.scopes : scopes,
    resource,
    authorizationServer: authorization_server,
    grant: grant === 'authorization_code' && before.grant === undefined ? undefined : grant,
  };
}

/** Whether the file has these scopes, in one text or in a list. */
function isSameList(written: unknown, scopes: readonly string[]): boolean {
  const list = typeof written === 'string' ? scopesIn(written) : written;
  return JSON.stringify(list) === JSON.stringify(scopes);
}

/** Field by field, so that comments stay; as a whole where there was no object or none is left. */
function changesOf(
  raw: unknown,
  before: Readonly<Record<string, unknown>>,
  next: Readonly<Record<string, unknown>>,
): FieldChanges {
  const left = Object.fromEntries(Object.entries({ ...before, ...next }).filter(([, value]) => value !== undefined));
  if (Object.keys(left).length === 0) return raw === undefined ? [] : [[['oauth'], undefined]];
  if (!isRecord(raw)) return [[['oauth'], left]];
  return Object.entries(next)
    .filter(([field, value]) => JSON.stringify(before[field]) !== JSON.stringify(value))
    .map(([field, value]) => [['oauth', field], value] as const);
}

const refusal = (what: Sentence): HoldfastError => new HoldfastError('invalid_input', `oauth: ${what}`);
