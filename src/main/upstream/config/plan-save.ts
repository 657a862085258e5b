import type { ServerInput } from '../../../shared/contract/server';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import type { Change, ConfiguredServers, ServerChange } from './configured-servers';
import { type FieldChanges, renameEntry, setFields } from './file/edit-text';
import { type EntryForm, IDLE_STOP_MINUTES, SECRET_MARK } from './file/entry';
import { isReference, refersToEnvironment } from './file/expand';
import { type Entry, type ParsedFile, parseFile } from './file/file-text';
import { FILE_NAME } from './file/servers-file';
import {
  commandFingerprint,
  confirmedParts,
  isKeptSecret,
  needsConfirmation,
  shownHeaders,
  shownVariables,
} from './fingerprint';
import { loginSendsUnwritten, oauthView } from './login-view';
import { mergeLogin } from './merge-login';
import type { ConfiguredServer } from './resolve';
import type { SaveOptions } from './server-admin';
import { NO_VALUES, type StoredValues } from './server-values';

type Field = 'env' | 'headers';
type Kept = Pick<ConfiguredServers, 'kept' | 'preview'>;
type KeptOf = ReturnType<ConfiguredServers['kept']>;

/**
 * The change that adds a server or replaces one. The target (command, arguments, folder, address) is replaced as a whole;
 * values, policy, idle stop and whether it is enabled stay as they are when left out.
 * @throws HoldfastError `invalid_input`, `server_exists`, `server_not_found`
 */
export function planSave(file: ParsedFile, input: ServerInput, options: SaveOptions, configured: Kept): Change {
  const { name } = input;
  const { replaces, confirmed } = options;
  const old = replaces === undefined ? null : entryOf(file, replaces);
  if (name !== replaces && file.entries.some((entry) => entry.name === name)) throw new HoldfastError('server_exists');
  if ((input.command === undefined) === (input.url === undefined)) {
    throw new HoldfastError('invalid_input', said('said.save.one_of_both'));
  }
  const kept = replaces === undefined ? { values: NO_VALUES, trust: [] } : configured.kept(replaces);
  const env = mergeValues('env', input, old, kept.values);
  const headers = mergeValues('headers', input, old, kept.values);
  const login = mergeLogin(input, old, kept.values);
  const fields = [
    ...targetFields(input, old),
    ...env.fields,
    ...headers.fields,
    ...login.fields,
    ...ownFields(input, old),
  ];
  const values: StoredValues = { env: env.stored, headers: headers.stored, oauth: login.stored };
  const text = written(file, name, fields, replaces);
  const { form } = entryIn(text, name);
  const isSeen = confirmed ? !keepsUnseen(input, old, kept) : bringsAllValues(input, form);
  const trust = [...kept.trust, ...(isSeen ? [commandFingerprint(form, values)] : [])];
  if (!options.incomplete) refuseBroken(configured.preview(text, name, values));
  const allValues = new Map<string, StoredValues | null>([[name, values]]);
  const allTrust = new Map<string, readonly string[]>([[name, trust]]);
  if (replaces !== undefined && replaces !== name) {
    allValues.set(replaces, null);
    allTrust.set(replaces, []);
  }
  const says = new Map<string, ServerChange>(replaces === name ? [[name, 'changed']] : []);
  const seen = new Map(isSeen ? [[name, confirmedParts(form, values)]] : []);
  return { text, values: allValues, trust: allTrust, confirmed: seen, says };
}

/** Whether the input keeps a value that nobody has confirmed yet, so that the person who saves it has not seen it. */
function keepsUnseen(input: ServerInput, old: Entry | null, { values, trust }: KeptOf): boolean {
  if (old === null || trust.includes(commandFingerprint(old.form, values))) return false;
  const isWeb = input.url !== undefined;
  const given = isWeb ? input.headers : input.env;
  const isKept = (name: string) => given === undefined || given[name] === null;
  const unseen = isWeb ? shownHeaders(old.form) : shownVariables(old.form, values);
  return Object.keys(unseen).some(isKept) || (isWeb && keepsUnseenLogin(input, old));
}

/** The same for a login: what no form shows, and what is looked up in place of a secret. */
function keepsUnseenLogin({ oauth }: ServerInput, { form }: Entry): boolean {
  const view = oauthView(form);
  if (view === null || typeof oauth?.needed === 'boolean') return false;
  if (oauth === undefined) return loginSendsUnwritten(form) || view.accepts_other_issuer;
  const { secret_values, private_key_file, client_metadata_url, accepts_other_issuer } = view;
  const isLookedUp = view.secret_names.some((name) => oauth[name] === null && Object.hasOwn(secret_values, name));
  return isLookedUp || private_key_file !== null || client_metadata_url !== null || accepts_other_issuer;
}

/** Whether an address and all that is sent to it come together, so that nothing kept or looked up reaches a stranger. */
function bringsAllValues({ headers = {}, oauth = {} }: ServerInput, form: EntryForm): boolean {
  const isBrought = (value: string | null | undefined) => typeof value === 'string' && !refersToEnvironment(value);
  const { url, oauth: login } = form;
  if (url === null || refersToEnvironment(url)) return false;
  // Whatever else the entry holds was there before, and is sent to this address too.
  if (Object.keys(form.headers).some((name) => form.headers[name] === SECRET_MARK && !isBrought(headers[name])))
    return false;
  const { clientSecret, privateKey } = login ?? {};
  if (clientSecret === SECRET_MARK && !isBrought(oauth.client_secret)) return false;
  if (privateKey === SECRET_MARK && !isBrought(oauth.private_key)) return false;
  return !needsConfirmation(withoutMarks(form));
}

/** The form as if it held the secrets that are kept for it. */
function withoutMarks(form: EntryForm): EntryForm {
  const plain = (value: string | undefined) => (value === SECRET_MARK ? '' : value);
  const { headers, oauth } = form;
  return {
    ...form,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, plain(value) ?? ''])),
    oauth: oauth && { ...oauth, clientSecret: plain(oauth.clientSecret), privateKey: plain(oauth.privateKey) },
  };
}

/** @throws HoldfastError `server_not_found` */
export function entryOf(file: ParsedFile, name: string): Entry {
  const found = file.entries.find((entry) => entry.name === name);
  if (!found) throw new HoldfastError('server_not_found');
  return found;
}

/** @throws HoldfastError `invalid_input`, naming the problem, if the entry would be broken */
function refuseBroken(server: ConfiguredServer | null): void {
  const [problem] = server?.problems ?? [];
  if (problem) throw new HoldfastError('invalid_input', `${server?.entry.name}: ${problem.sentence}`);
}

function written(file: ParsedFile, name: string, fields: FieldChanges, replaces: string | undefined): string {
  if (replaces !== undefined) return setFields(renameEntry(file.text, replaces, name), name, fields);
  // A new entry is written in one edit, so that it is formatted as a whole.
  const entry: Record<string, unknown> = {};
  for (const [[key = '', inner], value] of fields) {
    if (value === undefined) continue;
    if (inner === undefined) entry[key] = value;
    else entry[key] = { ...(entry[key] as object | undefined), [inner]: value };
  }
  return setFields(file.text, name, [[[], entry]]);
}

function entryIn(text: string, name: string): Entry {
  const parsed = parseFile(text, FILE_NAME);
  if (!parsed.ok) throw new Error('an edit has broken servers.json');
  return entryOf(parsed.file, name);
}

const rawOf = (entry: Entry | null): Record<string, unknown> => (entry?.value ?? {}) as Record<string, unknown>;

/** Only the fields that differ: an unchanged list keeps its comments and line breaks. */
function changed(old: Entry | null, fields: FieldChanges): FieldChanges {
  const raw = rawOf(old);
  return fields.filter(([[key = ''], value]) => JSON.stringify(raw[key]) !== JSON.stringify(value));
}

function targetFields({ command, args = [], cwd, url, sse }: ServerInput, old: Entry | null): FieldChanges {
  const isStdio = command !== undefined;
  if (isStdio && sse === true) {
    throw new HoldfastError('invalid_input', said('said.save.sse'));
  }
  const { type, transport } = rawOf(old);
  const isOlder = !isStdio && (sse ?? old?.form.sse ?? false);
  const stays = (it: unknown) =>
    it !== undefined && (it === 'stdio') === isStdio && (it === 'sse') === isOlder ? it : undefined;
  const other = stays(transport);
  return changed(old, [
    [['type'], stays(type) ?? (isOlder && other === undefined ? 'sse' : undefined)],
    [['transport'], other],
    [['command'], command],
    [['args'], isStdio && args.length > 0 ? args : undefined],
    [['cwd'], isStdio ? cwd : undefined],
    [['url'], url],
    ...(isStdio ? [[['headers'], undefined] as const] : [[['env'], undefined] as const]),
  ]);
}

function ownFields(
  { policy, idle_stop_minutes, start_seconds, enabled }: ServerInput,
  old: Entry | null,
): FieldChanges {
  const raw = rawOf(old);
  const nowPolicy = policy ?? old?.form.policy ?? 'per-session';
  const fields: [string[], unknown][] = [];
  if (policy !== undefined && !(raw.policy === undefined && policy === 'per-session'))
    fields.push([['policy'], policy]);
  if (idle_stop_minutes !== undefined) {
    const isDefault = raw.idleStopMinutes === undefined && idle_stop_minutes === IDLE_STOP_MINUTES[nowPolicy];
    if (!isDefault) fields.push([['idleStopMinutes'], idle_stop_minutes]);
  }
  if (start_seconds !== undefined) fields.push([['startSeconds'], start_seconds]);
  if (enabled !== undefined) fields.push([['disabled'], enabled ? undefined : true]);
  return changed(old, fields);
}

interface Merged {
  readonly fields: FieldChanges;
  /** The values kept as secrets from now on. */
  readonly stored: Record<string, string>;
}

function mergeValues(field: Field, input: ServerInput, old: Entry | null, kept: StoredValues): Merged {
  const isOfTarget = (field === 'env') === (input.command !== undefined);
  const given = input[field];
  if (!isOfTarget) {
    if (given && Object.keys(given).length > 0) {
      throw new HoldfastError(
        'invalid_input',
        said(field === 'env' ? 'said.value.no_environment' : 'said.value.no_headers'),
      );
    }
    return { fields: [], stored: {} };
  }
  const inFile = old?.form[field] ?? {};
  const isStored = (name: string) => inFile[name] === SECRET_MARK && Object.hasOwn(kept[field], name);
  const stored: Record<string, string> = {};
  if (given === undefined) {
    for (const name of Object.keys(inFile)) if (isStored(name)) stored[name] = kept[field][name] as string;
    return { fields: [], stored };
  }
  if (Object.keys(given).length === 0) return { fields: [[[field], undefined]], stored };
  const fields: [string[], unknown][] = [];
  for (const name of Object.keys(inFile)) if (!Object.hasOwn(given, name)) fields.push([[field, name], undefined]);
  for (const [name, value] of Object.entries(given)) {
    if (value === null) {
      if (!Object.hasOwn(inFile, name)) {
        throw new HoldfastError('invalid_input', said('said.value.none_yet', { field, name }));
      }
      if (isStored(name)) stored[name] = kept[field][name] as string;
    } else if (field === 'env' ? !isKeptSecret(name, value) : isReference(value)) fields.push([[field, name], value]);
    else {
      fields.push([[field, name], SECRET_MARK]);
      stored[name] = value;
    }
  }
  return { fields, stored };
}
