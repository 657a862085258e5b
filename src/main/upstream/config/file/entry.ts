import { z } from 'zod';
import type { ServerPolicy } from '../../../../shared/contract/server';
import { said } from '../../../../shared/messages/said';
import type { LongCallRules } from '../../../../shared/model/long-call-rules';
import { START_SECONDS } from '../../../../shared/model/server-rules';
import type { EntryProblem } from './entry-problem';
import { slipsIn } from './entry-slips';
import { isRecord } from './is-record';
import { type OAuthForm, readOAuth } from './oauth-entry';

/** Stands in the file for a value kept in the secrets port. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the mark is written like a reference
export const SECRET_MARK = '${secret}';

/** An entry as written, before references are expanded and secrets filled in. */
export interface EntryForm {
  /** Null for a server over HTTP. */
  readonly command: string | null;
  readonly args: readonly string[];
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** Null for a server over stdio. */
  readonly url: string | null;
  /** It speaks the older HTTP+SSE. */
  readonly sse: boolean;
  readonly headers: Readonly<Record<string, string>>;
  /** Null when the entry says nothing about a login. */
  readonly oauth: OAuthForm | null;
  readonly policy: ServerPolicy;
  readonly idleStopMinutes: number;
  readonly startSeconds: number;
  readonly tellLostState: boolean;
  readonly longCalls: LongCallRules;
  readonly disabled: boolean;
}

/** Default minutes before an unused server is stopped. A shared server is never stopped. */
export const IDLE_STOP_MINUTES: Record<ServerPolicy, number> = { 'per-session': 60, shared: 10, lazy: 10 };
/** Default seconds for a start: the first one may fetch a package. */
const DEFAULT_START_SECONDS = 300;
const OLDER_TYPE = 'sse';
const WEB_TYPES = ['http', 'streamable-http', 'streamableHttp', 'streamable_http', OLDER_TYPE];
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

const text = (key: string) => z.string(said('said.entry.not_text', { key }));
const filled = (key: 'command' | 'cwd' | 'url') =>
  text(key).refine((it) => it.trim() !== '', said(`said.entry.${key}_empty`));
const values = (key: string) =>
  z.record(
    z.string(),
    z.string({ error: ({ path }) => said('said.entry.value_not_text', { name: String(path?.at(-1)), key }) }),
    { error: said('said.entry.not_object', { key }) },
  );

const longCallMode = z.enum(['auto', 'on', 'off']);

const entrySchema = z
  .looseObject(
    {
      type: text('type').optional(),
      /** Another name of `type`. */
      transport: text('transport').optional(),
      command: filled('command').optional(),
      args: z.array(text('args'), said('said.entry.args')).optional(),
      cwd: filled('cwd').optional(),
      env: values('env').optional(),
      url: filled('url').optional(),
      headers: values('headers').optional(),
      /** Read by {@link readOAuth}. */
      oauth: z.unknown().optional(),
      policy: z.enum(['per-session', 'shared', 'lazy'], said('said.entry.policy')).optional(),
      idleStopMinutes: z
        .number(said('said.entry.idle_number'))
        .int(said('said.entry.idle_whole'))
        .min(1, said('said.entry.idle_least'))
        .max(1_440, said('said.entry.idle_most'))
        .optional(),
      startSeconds: z
        .number(said('said.entry.start_number'))
        .int(said('said.entry.start_whole'))
        .min(START_SECONDS.least, said('said.entry.start_range'))
        .max(START_SECONDS.most, said('said.entry.start_range'))
        .optional(),
      tellLostState: z.boolean(said('said.entry.lost_state')).optional(),
      longCalls: z
        .union([longCallMode, z.record(z.string(), longCallMode)], {
          error: said('said.entry.long_calls'),
        })
        .optional(),
      disabled: z.boolean(said('said.entry.disabled')).optional(),
    },
    said('said.entry.no_object'),
  )
  .superRefine((entry, { addIssue }) => {
    const wrong = (key: string | null, message: string) =>
      addIssue({ code: 'custom', path: key === null ? [] : [key], message });
    const { command, url } = entry;
    const key = entry.type === undefined ? 'transport' : 'type';
    const type = entry[key];
    const isWeb = type !== undefined && WEB_TYPES.includes(type);
    if (type !== undefined && type !== 'stdio' && !isWeb) {
      wrong(key, said('said.entry.type', { key, type: JSON.stringify(type) }));
    } else if (command !== undefined && url !== undefined) {
      wrong('url', said('said.entry.both'));
    } else if (command === undefined && url === undefined) {
      wrong(null, said('said.entry.neither'));
    } else if (isWeb && url === undefined) wrong(key, said('said.entry.no_url', { key, type }));
    else if (type === 'stdio' && command === undefined) {
      wrong(key, said('said.entry.no_command', { key }));
    }
    for (const name of Object.keys(entry.env ?? {})) {
      if (name === '' || /[=\0]/.test(name)) {
        addIssue({
          code: 'custom',
          path: ['env', name],
          message: said('said.entry.variable_name', { name }),
        });
      }
    }
    for (const name of Object.keys(entry.headers ?? {})) {
      if (!HEADER_NAME.test(name)) {
        const message = said('said.entry.header_name', { name });
        addIssue({ code: 'custom', path: ['headers', name], message });
      }
    }
  });

/**
 * Reads an entry of `mcpServers` and reports every problem in it. The form holds what could be understood despite them, so
 * that a broken entry can still be shown.
 */
export function readEntry(value: unknown): { form: EntryForm; problems: EntryProblem[] } {
  const parsed = entrySchema.safeParse(value);
  const found = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    path: path.map((part) => (typeof part === 'symbol' ? String(part) : part)),
    sentence: message,
  }));
  const login = readOAuth(isRecord(value) ? value : {});
  const slips = isRecord(value) ? slipsIn(value, Object.keys(entrySchema.shape)) : [];
  // A slip is often why another field is wrong or missing, and its sentence says what to do about it.
  const others = [...found, ...login.problems].filter(
    ({ path }) => !slips.some((slip) => path.length === 0 || slip.path[0] === path[0]),
  );
  return { form: formOf(parsed.data ?? understood(value), login.form), problems: [...slips, ...others] };
}

type Fields = Partial<z.output<typeof entrySchema>>;

/** The fields of a broken entry that are valid on their own. */
function understood(value: unknown): Fields {
  if (!isRecord(value)) return {};
  const { shape } = entrySchema;
  return Object.fromEntries(
    Object.entries(shape).flatMap(([key, schema]) => {
      const { data } = schema.safeParse(value[key]);
      return data === undefined ? [] : [[key, data]];
    }),
  );
}

function formOf(fields: Fields, oauth: OAuthForm | null): EntryForm {
  const { policy = 'per-session' } = fields;
  const isStdio = fields.command !== undefined;
  return {
    command: fields.command ?? null,
    args: isStdio ? (fields.args ?? []) : [],
    cwd: isStdio ? (fields.cwd ?? null) : null,
    env: isStdio ? (fields.env ?? {}) : {},
    url: isStdio ? null : (fields.url ?? null),
    sse: !isStdio && (fields.type ?? fields.transport) === OLDER_TYPE,
    headers: isStdio ? {} : (fields.headers ?? {}),
    oauth: isStdio ? null : oauth,
    policy,
    idleStopMinutes: fields.idleStopMinutes ?? IDLE_STOP_MINUTES[policy],
    startSeconds: fields.startSeconds ?? DEFAULT_START_SECONDS,
    tellLostState: fields.tellLostState ?? true,
    longCalls: typeof fields.longCalls === 'string' ? { '*': fields.longCalls } : (fields.longCalls ?? {}),
    disabled: fields.disabled ?? false,
  };
}
