import { z } from '@hono/zod-openapi';
import {
  activityPageSchema,
  activityQuerySchema,
  activitySchema,
  failingCallsSchema,
  failureGroupSchema,
  failuresSchema,
} from '../../../shared/contract/activity';
import {
  activityWithContentsSchema,
  contentsListSchema,
  contentsQuerySchema,
  contentsSchema,
  recordingChangeSchema,
  recordingSchema,
} from '../../../shared/contract/activity-contents';
import { alertChangeSchema, alertSchema, alertSettingsSchema, alertTestSchema } from '../../../shared/contract/alert';
import { bundleIdSchema, newBundleSchema, preparedBundleSchema } from '../../../shared/contract/bundle';
import {
  callInFlightSchema,
  callsSchema,
  longCallSchema,
  newPatienceSchema,
  patienceSchema,
} from '../../../shared/contract/calls';
import {
  clientSchema,
  createdClientSchema,
  keyHolderSchema,
  keyQuerySchema,
  newClientSchema,
  renewedKeySchema,
} from '../../../shared/contract/client';
import { eventSchema, timelineQuerySchema } from '../../../shared/contract/event';
import { historyQuerySchema, historySchema } from '../../../shared/contract/history';
import { loginBegunSchema } from '../../../shared/contract/login';
import { deletionCountsSchema, deletionSchema, keptDataSchema } from '../../../shared/contract/privacy';
import {
  importPreviewSchema,
  listedToolsSchema,
  serverInputSchema,
  serverSchema,
  serversSchema,
  serverTestSchema,
} from '../../../shared/contract/server';
import {
  issuedTokenSchema,
  newOfferSchema,
  newSessionNameSchema,
  offeredSchema,
  sessionNamesSchema,
  sessionQuerySchema,
  sessionSchema,
  sessionStatusSchema,
  sessionsHealthSchema,
  sharingChangeSchema,
} from '../../../shared/contract/session';
import { settingChangesSchema, settingSchema, settingsSchema } from '../../../shared/contract/settings';
import { startupChangeSchema, startupSchema } from '../../../shared/contract/startup';
import {
  madeMetricsKeySchema,
  metricsChangeSchema,
  otlpChangeSchema,
  telemetrySchema,
  telemetryTestSchema,
} from '../../../shared/contract/telemetry';
import { LAST_TIME, TOO_LATE } from '../../../shared/contract/time';
import { toolChangesSchema } from '../../../shared/contract/tool-change';
import { updatesChangeSchema, updatesSchema } from '../../../shared/contract/updates';
import {
  clientViewSchema,
  listedItemsSchema,
  ruleChangeSchema,
  serverPartSchema,
  setNameSchema,
  shownChangeSchema,
  toolAdviceSchema,
  toolSetSchema,
  undoSchema,
  visibilitySchema,
} from '../../../shared/contract/visibility';
import { ACTIVITY_FORMATS, MOST_EXPORTED } from '../../../shared/export/activity-file';
import { inEnglish } from '../../../shared/messages/language';
import { parseActivityQuery } from '../../../shared/model/activity-query';
import { VISIBILITY_LIMITS } from '../../../shared/model/visibility';

/*
 * The shared schemas as the API document names them. They are wrapped and not used as they are because the library adds its
 * methods only to schemas that are made after it was loaded, and it is loaded late.
 */
const number = (schema: z.ZodNumber, about: string) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(schema)
    .openapi({ type: 'integer', description: about });

/** Several values: repeated, or in one parameter with commas between. */
const list = <T extends z.ZodType<string, string>>(item: T, about: string) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((value) => [value].flat().flatMap((text) => text.split(',')))
    .pipe(z.array(item).min(1).max(50))
    .openapi({ type: 'string', description: `${about}; several with commas between` });

export const errorBody = z.object({ detail: z.string().describe('what was wrong and what to do') }).openapi('Error');

export const session = z.object(sessionSchema.shape).openapi('Session');
export const sessionPage = z.object({ sessions: z.array(session), total: z.number().int() }).openapi('SessionPage');
export const sessionChange = z
  .strictObject({
    name: newSessionNameSchema.shape.name.optional(),
    pinned: z
      .boolean()
      .optional()
      .describe('kept, with its servers’ processes, until it is unpinned or ended; at most 20 sessions'),
    asks: sharingChangeSchema.shape.asks
      .optional()
      .describe('of two sessions that share servers: who gets what servers ask (sampling, elicitation, roots)'),
  })
  .openapi('SessionChange');
export const namedSession = z
  .object({ session, name: z.string().nullable().describe('that its user gave it') })
  .openapi('NamedSession');
export const sessionNames = z.object(sessionNamesSchema.shape).openapi('SessionNames');
const activity = z.object(activitySchema.shape).openapi('Activity');
export const activityPage = z
  .object({ ...activityPageSchema.shape, activity: z.array(activity) })
  .openapi('ActivityPage');
const contents = z.object(contentsSchema.shape).openapi('Contents');
export const activityWithContents = z
  .object({ ...activityWithContentsSchema.shape, activity, contents: contents.nullable() })
  .openapi('ActivityWithContents');
export const activityId = z.object({ activity_id: number(z.number().min(1), 'of the message') });
const callInFlight = z.object(callInFlightSchema.shape).openapi('CallInFlight');
const longCall = z.object(longCallSchema.shape).openapi('LongCall');
export const calls = z
  .object({ ...callsSchema.shape, running: z.array(callInFlight), handed_out: z.array(longCall) })
  .openapi('Calls');
export const callId = z.object({ call_id: number(z.number().min(1), 'of the call') });
export const patience = z.object(patienceSchema.shape).openapi('Patience');
export const patienceOfAll = z.object({ clients: z.array(patience) });
export const newPatience = z.strictObject(newPatienceSchema.shape).openapi('NewPatience');
export const contentsQuery = z.strictObject(contentsQuerySchema.shape).openapi('ContentsQuery');
export const contentsList = z.object(contentsListSchema.shape).openapi('ContentsList');
export const recording = z.object(recordingSchema.shape).openapi('Recording');
export const recordingChange = z.strictObject(recordingChangeSchema.shape).openapi('RecordingChange');
const failureGroup = z.object(failureGroupSchema.shape).openapi('FailureGroup');
export const failing = z.object({ failing: failingCallsSchema.nullable() }).openapi('Failing');
export const failures = z.object({ ...failuresSchema.shape, groups: z.array(failureGroup) }).openapi('Failures');
export const alert = z.object(alertSchema.shape).openapi('Alert');
export const sessionsHealth = z.object(sessionsHealthSchema.shape).openapi('SessionsHealth');
const event = z.discriminatedUnion('kind', eventSchema.options).openapi('Event');
export const timeline = z
  .object({ events: z.array(event).describe('newest first'), has_more: z.boolean() })
  .openapi('Timeline');
export const issuedToken = z.object(issuedTokenSchema.shape).openapi('IssuedToken');
export const client = z.object(clientSchema.shape).openapi('Client');
export const createdClient = z.object(createdClientSchema.shape).openapi('CreatedClient');
export const renewedKey = z.object(renewedKeySchema.shape).openapi('RenewedKey');
export const keyHolder = z.object(keyHolderSchema.shape).openapi('KeyHolder');
export const history = z.object(historySchema.shape).openapi('History');
export const server = z.object(serverSchema.shape).openapi('Server');
export const servers = z.object({ ...serversSchema.shape, servers: z.array(server) }).openapi('Servers');
const setting = z.object(settingSchema.shape).openapi('Setting');
export const settings = z.object({ ...settingsSchema.shape, settings: z.array(setting) }).openapi('Settings');
export const settingChanges = z
  .record(settingChangesSchema.keyType, settingChangesSchema.valueType)
  .openapi('SettingChanges');
export const notifications = z.object(alertSettingsSchema.shape).openapi('Notifications');
export const notificationChange = z.strictObject(alertChangeSchema.shape).openapi('NotificationChange');
export const notificationTest = z.object(alertTestSchema.shape).openapi('NotificationTest');
export const startup = z.object(startupSchema.shape).openapi('Startup');
export const startupChange = z.strictObject(startupChangeSchema.shape).openapi('StartupChange');
export const telemetry = z.object(telemetrySchema.shape).openapi('Telemetry');
export const otlpChange = z.strictObject(otlpChangeSchema.shape).openapi('OtlpChange');
export const metricsChange = z.strictObject(metricsChangeSchema.shape).openapi('MetricsChange');
export const madeMetricsKey = z.object(madeMetricsKeySchema.shape).openapi('MadeMetricsKey');
export const telemetryTest = z.object(telemetryTestSchema.shape).openapi('TelemetryTest');
export const updates = z.object(updatesSchema.shape).openapi('Updates');
export const updatesChange = z.strictObject(updatesChangeSchema.shape).openapi('UpdatesChange');
export const keptData = z.object(keptDataSchema.shape).openapi('KeptData');
export const deletion = z.discriminatedUnion('what', deletionSchema.options).openapi('Deletion');
export const deletionCounts = z.object(deletionCountsSchema.shape).openapi('DeletionCounts');
export const listedTools = z.object(listedToolsSchema.shape).openapi('ListedTools');
export const toolChanges = z.object(toolChangesSchema.shape).openapi('ToolChanges');
export const acceptedChange = z.strictObject({
  tool: z.string().max(200).optional().describe('one tool; without it, all changes of the server'),
});
export const importPreview = z.object(importPreviewSchema.shape).openapi('ImportPreview');
export const importChoice = z.strictObject({ ids: z.array(z.string()).max(200) });
export const imported = z.object({ servers: z.array(server) });
export const serverTest = z.object(serverTestSchema.shape).openapi('ServerTest');

export const health = z
  .object({
    status: z.literal('ok'),
    name: z.literal('Holdfast'),
    version: z.string(),
    started_at: z.number(),
    uptime_ms: z.number(),
  })
  .openapi('Health');

export const reconnected = z
  .object({
    success: z.literal(true),
    session_id: z.string(),
    message: z.literal('Session reconnected'),
    reconnect_count: z.number().int(),
    reconnect_token: z.string().describe('the next token; the one that was sent is used up'),
    expires_in_minutes: z.number(),
  })
  .openapi('Reconnected');

export const monitorToken = z
  .object({ monitor_token: z.string(), expires_in_seconds: z.number().int() })
  .openapi('MonitorToken');

const ofQuery = sessionQuerySchema.shape;
export const sessionListQuery = z.strictObject({
  status: list(sessionStatusSchema, 'only sessions of this status').optional(),
  client_id: z.string().max(100).optional(),
  text: z.string().max(200).optional().describe('found in session id, client name or client type'),
  include_probes: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .openapi({ type: 'boolean', description: 'also sessions that were initialized and never used' }),
  sort: ofQuery.sort,
  order: ofQuery.order,
  limit: number(z.number().min(1).max(1000), '1 to 1000').default(100),
  offset: number(z.number().min(0), 'how many to leave out').default(0),
});

const ofActivity = activityQuerySchema.shape;
/** What cannot be understood is refused here: whoever writes a script does not see it as they type. */
const words = z
  .string()
  .max(200)
  .superRefine((text, context) => {
    const [problem] = parseActivityQuery(text).problems;
    if (problem) context.addIssue({ code: 'custom', message: inEnglish(problem.id, problem.values) });
  })
  .optional()
  .openapi({ description: ofActivity.q.description });
const activityFilter = {
  session_id: ofActivity.session_id,
  client_id: ofActivity.client_id,
  server: ofActivity.server,
  failed: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .openapi({ type: 'boolean', description: 'only tool errors, errors and what was lost' }),
  text: ofActivity.text,
  q: words,
  from: number(z.number().min(0).max(LAST_TIME, TOO_LATE), 'came at this time or later').optional(),
  to: number(z.number().min(0).max(LAST_TIME, TOO_LATE), 'came before this time').optional(),
  longer_than_ms: number(z.number().min(0), 'took longer').optional(),
  group: ofActivity.group,
};
/** Rows on a page of activity. */
export const MOST_PAGE = 1_000;
export const USUAL_PAGE = 200;
export const activityQuery = z.strictObject({
  ...activityFilter,
  before: number(z.number().min(1), 'only rows with a lower `activity_id`').optional(),
  after: number(z.number().min(0), 'only rows with a higher `activity_id`; they come oldest first').optional(),
  limit: number(
    z.number().min(1).max(MOST_EXPORTED),
    `1 to ${MOST_PAGE}, ${USUAL_PAGE} if omitted; with \`format\` 1 to ${MOST_EXPORTED}, and that many if omitted`,
  ).optional(),
  format: z.enum(ACTIVITY_FORMATS).optional().openapi({ description: 'everything that fits as one file' }),
});
export const fileText = z.string();
export const newBundle = z.strictObject(newBundleSchema.shape);
export const preparedBundle = z.object(preparedBundleSchema.shape).openapi('PreparedBundle');
export const bundleId = z.object(bundleIdSchema.shape);

export const failuresQuery = z.strictObject({
  ...activityFilter,
  limit: number(z.number().min(1).max(200), '1 to 200').default(20),
});

export const timelineQuery = z.strictObject({
  before_seq: number(z.number().min(1), 'only events older than this one').optional(),
  kinds: list(z.string().max(50), 'only events of this kind').optional(),
  limit: number(z.number().min(1).max(500), '1 to 500').default(timelineQuerySchema.shape.limit.parse(undefined)),
});

export const historyQuery = z.strictObject(historyQuerySchema.shape);
export const reconnectBody = z.strictObject({
  token: z.string().min(1, 'must not be empty').max(4096).describe('the reconnect token'),
});
export const newClient = z.strictObject(newClientSchema.shape);
export const keyQuery = z.strictObject(keyQuerySchema.shape);
export const clientChange = z.strictObject({
  new_process: clientSchema.shape.new_process.optional(),
  may_take_over: clientSchema.shape.may_take_over.optional(),
});
export const newOffer = z
  .strictObject({
    client_id: newOfferSchema.shape.client_id,
    invited: newOfferSchema.shape.invited,
    share: newOfferSchema.shape.share,
  })
  .openapi('NewOffer');
export const offered = z.object({ ...offeredSchema.shape, session }).openapi('Offered');
const { name: nameOfServer, ...serverFields } = serverInputSchema.shape;
export const serverInput = z.strictObject(serverFields).openapi('ServerInput');
export const serverName = z.object({ name: z.string().max(200).openapi({ example: 'everything' }) });
export const serverRemoval = z.strictObject({
  log_out: z
    .enum(['true', 'false'])
    .default('false')
    .transform((value) => value === 'true')
    .openapi({ type: 'boolean', description: 'log out of it first; otherwise its login is kept until Holdfast ends' }),
});
export const newServerName = z.object({ name: nameOfServer });
export const serverStop = z.object({
  instance_id: z.string().max(100).optional().describe('stops only this instance, as listed with the server'),
});

export const serverTrust = z.strictObject({
  fingerprint: z.string().max(200).describe('`fingerprint` of the server as it was shown'),
});
export const serverUndo = z.strictObject({ undo_id: z.string().max(200) });
export const loginBegun = z.object(loginBegunSchema.shape).openapi('LoginBegun');
export const loginQuery = z.strictObject({
  how: z.enum(['browser', 'device']).default('browser').openapi({ description: 'where one logs in' }),
});
export const loginAddress = z.strictObject({
  address: z
    .url('Send the whole address at which the browser ended, from "http" on.')
    .max(8_192)
    .describe('the address at which the browser ended; it begins with the redirect address of Holdfast'),
});
export const serverRemoved = z.object({
  undo_id: z.string().describe('puts it back, secrets included, until Holdfast ends'),
});
export const serverOutput = z.object({ lines: z.array(z.string()).describe('oldest first, at most 500') });
export const monitorTokenBody = z.strictObject({
  session_id: z.string().max(100).optional().describe('the only session that the token opens'),
});
export const sessionId = z.object({ session_id: z.string().max(200).openapi({ example: 's_AAAAAAAAAAAAAAAAAAAAAA' }) });
export const clientId = z.object({ client_id: z.string().max(200) });

export const toolSet = z.object(toolSetSchema.shape).openapi('ToolSet');
export const toolSets = z.object({ sets: z.array(toolSet) });
export const visibility = z.object({ ...visibilitySchema.shape, sets: z.array(toolSet) }).openapi('Visibility');
export const shownChange = z.strictObject(shownChangeSchema.shape).openapi('ShownChange');
export const ruleChanges = z.strictObject({ rules: z.array(ruleChangeSchema).max(2 * VISIBILITY_LIMITS.parts) });
export const undo = z.object(undoSchema.shape).openapi('VisibilityUndo');
export const listedItems = z.object(listedItemsSchema.shape).openapi('ListedItems');
export const clientView = z.object(clientViewSchema.shape).openapi('ClientView');
export const setChoice = z.strictObject({
  set: z.string().max(200).nullable(),
  search: z.boolean().default(false).openapi({ description: 'find tools by a search, in place of a list of all' }),
});
export const setName = z.object({ name: z.string().max(200).openapi({ example: 'work' }) });
export const newSetName = z.object({
  name: z.string().pipe(setNameSchema).openapi({ type: 'string', example: 'work' }),
});
export const setInput = z.strictObject({
  parts: z.array(serverPartSchema).max(VISIBILITY_LIMITS.parts),
  replaces: z.string().max(200).optional().describe('the set that gets this name and these parts'),
});
const toolAdvice = z.object(toolAdviceSchema.shape).openapi('ToolAdvice');
export const advice = z.object({ advice: z.array(toolAdvice) });
