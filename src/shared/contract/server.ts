import { z } from 'zod';
import { MOST_SCOPES, OAUTH_GRANTS } from '../model/oauth-rules';
import { IDLE_STOP_MINUTES, SERVER_NAME, START_SECONDS } from '../model/server-rules';
import { loginBegunSchema, loginSchema } from './login';
import { call } from './method';
import { toolChangesSchema } from './tool-change';

const ms = z.number().int().nonnegative().describe('milliseconds since the Unix epoch, UTC');
const n = z.number().int().nonnegative();

/**
 * Name of a server: prefix of its tools (`name__tool`), part of its address (`/mcp/name`) and scheme of its resources
 * (`name+uri`), so it contains only what all three allow, and never `__`.
 */
export const serverNameSchema = z
  .string()
  .max(SERVER_NAME.longest, SERVER_NAME.tooLong)
  .regex(SERVER_NAME.pattern, SERVER_NAME.wrong);

/**
 * Which process serves which session. `per-session`: each session has its own. `shared`: one for all sessions, always
 * running. `lazy`: one for all sessions, started on first use and stopped after a while without use.
 */
const serverPolicySchema = z.enum(['per-session', 'shared', 'lazy']);
export type ServerPolicy = z.infer<typeof serverPolicySchema>;

export const serverStateSchema = z.enum([
  'broken',
  'disabled',
  'untrusted',
  'needs_login',
  'stopped',
  'starting',
  'running',
  'waiting',
  'circuit_open',
]);
export type ServerState = z.infer<typeof serverStateSchema>;

const instanceSchema = z.object({
  instance_id: z.string(),
  session_id: z.string().nullable().describe('null when it serves all sessions, or one that does not exist yet'),
  pid: n.nullable().describe('null over HTTP, and while it is not running'),
  state: z.enum(['starting', 'running', 'waiting', 'circuit_open', 'stopped']),
  started_at: ms.nullable(),
  restarts: n,
  rss_bytes: n.nullable().describe('memory of its processes together; null when unknown'),
  cpu_percent: z
    .number()
    .nonnegative()
    .nullable()
    .describe(
      'processor time of its processes together since somebody looked before, in percent of one core; null when unknown',
    ),
});
export type ServerInstance = z.infer<typeof instanceSchema>;

const listRemarksSchema = z
  .object({
    shown: z.array(
      z.object({
        kind: z.enum(['tool', 'prompt', 'resource', 'resource template', 'list']),
        name: z.string().describe("the server's own name or URI for it"),
        problem: z.string(),
        done: z.string().describe('what Holdfast made of it'),
      }),
    ),
    more: n.describe('how many are not shown'),
  })
  .describe('what is odd about what it listed last, and what clients get instead; at most 20 are shown');
export type ServerListRemark = z.infer<typeof listRemarksSchema>['shown'][number];

const oauthSchema = z
  .object({
    needed: z
      .boolean()
      .nullable()
      .describe('true: it needs a login; false: it never gets one; null: it says so itself'),
    client_id: z.string().nullable(),
    secret_names: z.array(z.enum(['client_secret', 'private_key'])),
    secret_values: z
      .record(z.string(), z.string())
      .describe('secrets whose value is looked up in the environment, as written in the file'),
    private_key_file: z.string().nullable(),
    algorithm: z.string().nullable(),
    scopes: z.array(z.string()),
    resource: z.string().nullable(),
    authorization_server: z.string().nullable(),
    client_metadata_url: z.string().nullable(),
    grant: z.enum(OAUTH_GRANTS),
    accepts_other_issuer: z.boolean(),
  })
  .describe('what its entry says about a login, as written; it holds no secret');
export type ServerOAuth = z.infer<typeof oauthSchema>;

/**
 * A configured server as every interface shows it. It holds no header values, and of the environment only those values that
 * are part of the command.
 */
export const serverSchema = z.object({
  name: z.string(),
  transport: z.enum(['stdio', 'http']),
  command: z.string().nullable(),
  args: z.array(z.string()),
  cwd: z.string().nullable().describe('null: the home folder of the user'),
  url: z.string().nullable(),
  older_transport: z.boolean().describe('it speaks the older HTTP+SSE of MCP 2024-11-05'),
  env_names: z.array(z.string()),
  env_values: z
    .record(z.string(), z.string())
    .describe('values of variables that are not secrets; a password in an address is replaced by •••'),
  header_names: z.array(z.string()),
  header_values: z
    .record(z.string(), z.string())
    .describe('headers whose value is looked up in the environment, as written in the file'),
  oauth: oauthSchema.nullable().describe('null when its entry says nothing about a login'),
  policy: serverPolicySchema,
  idle_stop_minutes: n,
  enabled: z.boolean(),
  trusted: z
    .boolean()
    .describe('it has been confirmed, or needs no confirmation: an address that is sent no value looked up elsewhere'),
  fingerprint: z
    .string()
    .describe('identifies exactly what is shown; confirming requires it, so that nothing else is confirmed'),
  changed_since_confirmed: z
    .array(z.string())
    .describe(
      'what differs from the version confirmed last: command, arguments, folder, address, variables, headers, login',
    ),
  state: serverStateSchema,
  problem: z.string().nullable().describe('what is wrong with its entry: file, line and remedy'),
  instances: z.array(instanceSchema),
  sessions_using: n,
  running_calls: n.describe('calls that it is working on'),
  restarts: n.describe('of all its instances, since Holdfast started'),
  attempt: n.describe('failed starts in a row'),
  last_error: z.string().nullable(),
  last_error_at: ms.nullable(),
  next_try_at: ms.nullable(),
  stderr_tail: z.array(z.string()).describe('newest lines last, at most 20'),
  server_info: z.object({ name: z.string(), version: z.string() }).nullable(),
  protocol_version: z.string().nullable(),
  list_remarks: listRemarksSchema,
  tool_changes: z
    .object({
      changed: n.describe(
        'tools that changed after they were used; what they said before counts until that is accepted',
      ),
      unseen: n.describe('those of them that nobody has looked at'),
      held: n.describe('those of them that are held back until they are accepted'),
      version: z.boolean().describe('the server has another version than when that was last accepted'),
    })
    .describe('what changed behind the back of its clients'),
  lists: z
    .object({
      heard_at: ms.describe('when it last listed what clients are told, to within ten minutes'),
      from_memory: z.boolean().describe('it does not run, so clients at /mcp get what it listed then'),
    })
    .nullable()
    .describe('null when nothing of it is known, and while it is disabled or broken'),
  login: loginSchema,
});
export type Server = z.infer<typeof serverSchema>;

/** Tools of a server that are told; it may list more. */
export const MOST_TOOLS = 500;
export const listedToolsSchema = z.object({
  tools: z
    .array(z.object({ name: z.string(), description: z.string().nullable().describe('its first line') }))
    .max(MOST_TOOLS),
  more: n.describe('how many are left out'),
  changed_at: ms
    .nullable()
    .describe('when it last listed something else than before; null when it has not listed any yet'),
});
export type ListedTools = z.infer<typeof listedToolsSchema>;

/** Secret values. Null keeps the stored value; a name that is left out is removed. */
const secretValuesSchema = z.record(z.string(), z.string().nullable());

/**
 * What the user enters about a login. It replaces these fields of the entry as a whole; others that the entry has stay. A
 * secret that is null is kept. With nothing in it, the server says itself whether it needs a login.
 */
const oauthInputSchema = z.strictObject({
  needed: z.boolean().nullable().optional().describe('true or false stand alone, without any other field'),
  client_id: z.string().min(1).optional(),
  client_secret: z.string().min(1).nullable().optional(),
  private_key: z.string().min(1).nullable().optional().describe('in PEM form'),
  scopes: z.array(z.string().min(1)).max(MOST_SCOPES).optional(),
  resource: z.string().min(1).optional(),
  authorization_server: z.string().min(1).optional(),
  grant: z.enum(OAUTH_GRANTS).optional(),
});
export type OAuthInput = z.infer<typeof oauthInputSchema>;

/** What the user enters for a server: either `command` or `url`. */
export const serverInputSchema = z.object({
  name: serverNameSchema,
  command: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  cwd: z.string().min(1).optional(),
  env: secretValuesSchema.optional(),
  url: z.string().optional(),
  sse: z.boolean().optional().describe('it speaks the older HTTP+SSE; as it was when left out'),
  headers: secretValuesSchema.optional(),
  oauth: oauthInputSchema.optional().describe('as it was when left out'),
  policy: serverPolicySchema.optional(),
  idle_stop_minutes: z.number().int().min(IDLE_STOP_MINUTES.least).max(IDLE_STOP_MINUTES.most).optional(),
  start_seconds: z.number().int().min(START_SECONDS.least).max(START_SECONDS.most).optional(),
  enabled: z.boolean().optional(),
});
export type ServerInput = z.infer<typeof serverInputSchema>;

export const serversSchema = z.object({
  servers: z.array(serverSchema),
  file: z.string().describe('path of servers.json'),
  problems: z.array(z.string()).describe('what is wrong with the file itself: file, line and remedy'),
  keeper: z
    .object({ pid: n, started_at: ms, children: n })
    .nullable()
    .describe('the process that owns the servers; null while none is needed'),
  secrets: z
    .object({
      in_keychain: z.boolean().describe('whether the key that encrypts them is in the keychain of the system'),
      protection: z.string().describe('where values and logins are kept, as a sentence'),
      problem: z
        .string()
        .nullable()
        .describe('which of them cannot be read now, why, and what to do; null when all can'),
    })
    .describe('how stored values and logins of servers are protected'),
  rss_saved_bytes: n.nullable().describe('memory that sharing currently saves, estimated from what one instance uses'),
});
export type Servers = z.infer<typeof serversSchema>;

const importSourceSchema = z.enum(['claude-code', 'claude-desktop', 'cursor', 'vscode', 'codex', 'gemini']);
export type ImportSource = z.infer<typeof importSourceSchema>;

/** One entry of another program's configuration, as it would be imported. Never contains environment values. */
const importCandidateSchema = z.object({
  id: z.string().describe('identifies the entry when it is imported'),
  source: importSourceSchema,
  file: z.string(),
  name: z.string().describe('name it would get here; differs from its own if that is taken or not allowed'),
  original_name: z.string(),
  transport: z.enum(['stdio', 'http']),
  command: z.string().nullable(),
  args: z.array(z.string()),
  url: z.string().nullable(),
  env_names: z.array(z.string()),
  header_names: z.array(z.string()),
  older_transport: z.boolean(),
  verdict: z.enum(['new', 'same', 'renamed', 'not_possible', 'holdfast']),
  remark: z.string().describe('why, in plain words; empty when there is nothing to say'),
});
export type ImportCandidate = z.infer<typeof importCandidateSchema>;

export const importPreviewSchema = z.object({
  candidates: z.array(importCandidateSchema),
  looked_at: z.array(
    z.object({ source: importSourceSchema, file: z.string(), found: z.boolean(), problem: z.string() }),
  ),
});
export type ImportPreview = z.infer<typeof importPreviewSchema>;

export const serverTestSchema = z.object({
  ok: z.boolean(),
  error: z.string().nullable(),
  server_info: z.object({ name: z.string(), version: z.string() }).nullable(),
  protocol_version: z.string().nullable(),
  tools: z.array(z.string()),
  resources: n,
  prompts: n,
  duration_ms: z.number(),
  stderr_tail: z.array(z.string()),
});
export type ServerTest = z.infer<typeof serverTestSchema>;

const none = z.object({}).strict();
const byName = z.object({ name: z.string() });

/** The server methods of the window's contract. */
export const serverMethods = {
  'servers.list': call({ input: none, output: serversSchema }),
  /** Adds a server, or changes the one named `replaces`. */
  'servers.save': call({
    input: z.object({ server: serverInputSchema, replaces: z.string().optional() }),
    output: serverSchema,
  }),
  'servers.set_enabled': call({ input: byName.extend({ enabled: z.boolean() }), output: serverSchema }),
  /** Confirms the command with this fingerprint; refused if the entry has changed since it was shown. */
  'servers.trust': call({ input: byName.extend({ fingerprint: z.string() }), output: serverSchema }),
  /**
   * Removes a server. It can be restored, secrets included, until Holdfast exits. With `log_out` it is logged out of first,
   * which is given five seconds and never keeps it from being removed; otherwise its login is kept as long as its secrets.
   */
  'servers.remove': call({
    input: byName.extend({ log_out: z.boolean().optional() }),
    output: z.object({ undo_id: z.string() }),
  }),
  'servers.undo_remove': call({ input: z.object({ undo_id: z.string() }), output: serverSchema }),
  /** Starts it once, outside all sessions, asks what it offers and stops it. Takes at most 30 s. */
  'servers.test': call({ input: byName, output: serverTestSchema }),
  /**
   * Begins a login and says where to go with a browser. It can be finished for ten minutes. An earlier one that was not
   * finished counts no longer.
   */
  'servers.log_in': call({ input: byName, output: loginBegunSchema }),
  /** Ends a login that was begun and is not finished. */
  'servers.cancel_login': call({ input: byName, output: serverSchema }),
  /** Revokes the tokens where the authorization server offers that, and forgets them in any case. */
  'servers.log_out': call({ input: byName, output: serverSchema }),
  /**
   * Ends what runs of it and starts it anew, for all sessions; calls in progress get an error. One that is down is tried again
   * now. What nobody uses stays stopped.
   */
  'servers.restart': call({ input: byName, output: serverSchema }),
  /**
   * Ends what runs of it, or only the instance with this id; sessions stay, calls in progress get an error. What is used next
   * starts it again.
   */
  'servers.stop': call({ input: byName.extend({ instance_id: z.string().optional() }), output: serverSchema }),
  /** Tries again now, regardless of backoff and circuit breaker. */
  'servers.retry': call({ input: byName, output: serverSchema }),
  /** The tools that it listed last, read without starting anything. */
  'servers.tools': call({ input: byName, output: listedToolsSchema }),
  /** What its tools say of themselves that they did not say when they were used, and its version. */
  'servers.changes': call({ input: byName, output: toolChangesSchema }),
  /** Somebody has looked at the changes: nobody is told of them any more. */
  'servers.look_at_changes': call({ input: byName, output: serverSchema }),
  /** Takes a change for all right: of one tool, or without `tool` all changes of the server. */
  'servers.accept_changes': call({ input: byName.extend({ tool: z.string().optional() }), output: serverSchema }),
  /** The newest lines of its instances' standard error, at most 500. */
  'servers.stderr': call({ input: byName, output: z.object({ lines: z.array(z.string()) }) }),
  'servers.import_preview': call({ input: none, output: importPreviewSchema }),
  'servers.import': call({
    input: z.object({ ids: z.array(z.string()).max(200) }),
    output: z.object({ servers: z.array(serverSchema) }),
  }),
};
