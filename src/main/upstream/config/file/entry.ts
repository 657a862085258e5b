import { z } from 'zod';
import type { ServerPolicy } from '../../../../shared/contract/server';
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

const text = (key: string) => z.string(`"${key}" must be text. Put it in quotes.`);
const filled = (key: string, remedy: string) =>
  text(key).refine((it) => it.trim() !== '', `"${key}" is empty. ${remedy}`);
const values = (key: string) =>
  z.record(
    z.string(),
    z.string({ error: ({ path }) => `"${String(path?.at(-1))}" in "${key}" must be text. Put its value in quotes.` }),
    { error: `"${key}" must be an object like {"NAME": "value"}.` },
  );

const longCallMode = z.enum(['auto', 'on', 'off']);

const entrySchema = z
  .looseObject(
    {
      type: text('type').optional(),
      /** Another name of `type`. */
      transport: text('transport').optional(),
      command: filled('command', 'Write the program that is to be started.').optional(),
      args: z.array(text('args'), '"args" must be a list like ["-y", "package"].').optional(),
      cwd: filled('cwd', 'Write a folder, or leave it out.').optional(),
      env: values('env').optional(),
      url: filled('url', 'Write the address of the server.').optional(),
      headers: values('headers').optional(),
      /** Read by {@link readOAuth}. */
      oauth: z.unknown().optional(),
      policy: z
        .enum(
          ['per-session', 'shared', 'lazy'],
          '"policy" is one of "per-session", "shared" and "lazy". Choose one of them.',
        )
        .optional(),
      idleStopMinutes: z
        .number('"idleStopMinutes" must be a number. Write minutes, from 1 to 1440.')
        .int('"idleStopMinutes" must be a whole number.')
        .min(1, '"idleStopMinutes" must be at least 1. To keep it running use "policy": "shared".')
        .max(1_440, '"idleStopMinutes" must be at most 1440. To keep it running use "policy": "shared".')
        .optional(),
      startSeconds: z
        .number('"startSeconds" must be a number. Write seconds, from 1 to 3600.')
        .int('"startSeconds" must be a whole number.')
        .min(START_SECONDS.least, '"startSeconds" must be from 1 to 3600.')
        .max(START_SECONDS.most, '"startSeconds" must be from 1 to 3600.')
        .optional(),
      tellLostState: z.boolean('"tellLostState" must be true or false, without quotes.').optional(),
      longCalls: z
        .union([longCallMode, z.record(z.string(), longCallMode)], {
          error: '"longCalls" is "auto", "on" or "off", or an object like {"build": "on", "*": "off"}.',
        })
        .optional(),
      disabled: z.boolean('"disabled" must be true or false, without quotes.').optional(),
    },
    'an entry must be an object like {"command": "npx", "args": ["-y", "package"]}.',
  )
  .superRefine((entry, { addIssue }) => {
    const wrong = (key: string | null, message: string) =>
      addIssue({ code: 'custom', path: key === null ? [] : [key], message });
    const { command, url } = entry;
    const key = entry.type === undefined ? 'transport' : 'type';
    const type = entry[key];
    const isWeb = type !== undefined && WEB_TYPES.includes(type);
    if (type !== undefined && type !== 'stdio' && !isWeb) {
      wrong(
        key,
        `"${key}" is "stdio", "http" or "sse", not ${JSON.stringify(type)}. Choose one of them, or leave it out.`,
      );
    } else if (command !== undefined && url !== undefined) {
      wrong('url', 'it has both "command" and "url". Remove one of them.');
    } else if (command === undefined && url === undefined) {
      wrong(null, 'it has neither "command" nor "url". Write one of them.');
    } else if (isWeb && url === undefined) wrong(key, `"${key}" is "${type}", but there is no "url". Write one.`);
    else if (type === 'stdio' && command === undefined) {
      wrong(key, `"${key}" is "stdio", but there is no "command". Write one, or change the type to "http".`);
    }
    for (const name of Object.keys(entry.env ?? {})) {
      if (name === '' || /[=\0]/.test(name)) {
        addIssue({
          code: 'custom',
          path: ['env', name],
          message: `"${name}" cannot name a variable. Choose another name.`,
        });
      }
    }
    for (const name of Object.keys(entry.headers ?? {})) {
      if (!HEADER_NAME.test(name)) {
        const message = `"${name}" cannot name a header. Use letters, digits and "-".`;
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
