import { z } from 'zod';
import { activityMethods } from './activity';
import { activityContentsMethods } from './activity-contents';
import { alertMethods } from './alert';
import { appInfoSchema } from './app';
import { bundleMethods } from './bundle';
import { callMethods } from './calls';
import {
  clientPolicySchema,
  clientSchema,
  createdClientSchema,
  newClientSchema,
  newProcessSchema,
  renewedKeySchema,
} from './client';
import { connectMethods } from './connect';
import { demoMethods } from './demo';
import { diagnosticsMethods } from './diagnostics';
import { timelineQuerySchema, timelineSchema } from './event';
import { firstRunMethods } from './first-run';
import { historyEventsQuerySchema, historyEventsSchema, historyQuerySchema, historySchema } from './history';
import { type Call, call } from './method';
import { privacyMethods } from './privacy';
import { serverMethods } from './server';
import {
  issuedTokenSchema,
  newOfferSchema,
  newSessionNameSchema,
  offeredSchema,
  sessionNamesSchema,
  sessionPageSchema,
  sessionQuerySchema,
  sessionSchema,
  sessionsHealthSchema,
  sharingChangeSchema,
} from './session';
import { settingMethods } from './settings';
import { startupMethods } from './startup';
import { telemetryMethods } from './telemetry';
import { updatesMethods } from './updates';
import { visibilityMethods } from './visibility';

const none = z.object({}).strict();
const byClient = z.object({ client_id: z.string() });
const bySession = z.object({ session_id: z.string() });

/**
 * The window's contract: every method it may invoke, over IPC or over HTTP. Handlers and the renderer's client are typed
 * from this object, so a method without a handler does not compile.
 */
export const contract = {
  'app.info': call({ input: none, output: appInfoSchema }),
  'sessions.list': call({ input: sessionQuerySchema, output: sessionPageSchema }),
  'sessions.get': call({ input: bySession, output: sessionSchema }),
  'sessions.health': call({ input: none, output: sessionsHealthSchema }),
  'sessions.timeline': call({ input: timelineQuerySchema, output: timelineSchema }),
  'sessions.issue_token': call({ input: bySession, output: issuedTokenSchema }),
  /** Cuts the client's transports; the session stays resumable. */
  'sessions.disconnect': call({ input: bySession, output: sessionSchema }),
  /** Ends the session for good. */
  'sessions.close': call({ input: bySession, output: sessionSchema }),
  'sessions.names': call({ input: none, output: sessionNamesSchema }),
  'sessions.set_name': call({ input: newSessionNameSchema, output: sessionNamesSchema }),
  /** Keeps the session, with its processes, until it is unpinned or ended. */
  'sessions.set_pinned': call({ input: bySession.extend({ pinned: z.boolean() }), output: sessionSchema }),
  /** Lets another client go on with the session, or share its servers, within five minutes. Until it comes, nothing changes. */
  'sessions.offer': call({ input: newOfferSchema, output: offeredSchema }),
  'sessions.withdraw_offer': call({ input: bySession, output: sessionSchema }),
  /** Of two sessions that share servers: which one is asked by them. */
  'sessions.set_asked': call({ input: sharingChangeSchema, output: sessionSchema }),
  /** By either of the two. The servers stay with the host. */
  'sessions.stop_sharing': call({ input: bySession, output: sessionSchema }),
  'history.query': call({ input: historyQuerySchema, output: historySchema }),
  'history.events': call({ input: historyEventsQuerySchema, output: historyEventsSchema }),
  'clients.list': call({
    input: none,
    output: z.object({
      clients: z.array(clientSchema),
      unknown_key_at: z.number().nullable().describe('when a request last came with a key that belongs to nobody'),
    }),
  }),
  'clients.create': call({ input: newClientSchema, output: createdClientSchema }),
  'clients.set_policy': call({
    input: z.object({ client_id: z.string(), policy: clientPolicySchema }),
    output: clientSchema,
  }),
  'clients.set_new_process': call({
    input: z.object({ client_id: z.string(), new_process: newProcessSchema }),
    output: clientSchema,
  }),
  'clients.set_may_take_over': call({
    input: z.object({ client_id: z.string(), may_take_over: z.boolean() }),
    output: clientSchema,
  }),
  /** Gives a client a new key. The one from before works for another 15 minutes. */
  'clients.renew_key': call({ input: byClient, output: renewedKeySchema }),
  /** Ends the key from before the last renewal at once. */
  'clients.end_old_key': call({ input: byClient, output: clientSchema }),
  'clients.remove': call({ input: byClient, output: none }),
  ...activityMethods,
  ...activityContentsMethods,
  ...callMethods,
  ...connectMethods,
  ...alertMethods,
  ...serverMethods,
  ...startupMethods,
  ...firstRunMethods,
  ...demoMethods,
  ...telemetryMethods,
  ...updatesMethods,
  ...settingMethods,
  ...privacyMethods,
  ...diagnosticsMethods,
  ...visibilityMethods,
  ...bundleMethods,
} satisfies Record<string, Call>;

export type Contract = typeof contract;
export type Method = keyof Contract;
export type Input<M extends Method> = z.input<Contract[M]['input']>;
/** The input as a handler receives it, with defaults filled in. */
export type ParsedInput<M extends Method> = z.output<Contract[M]['input']>;
export type Output<M extends Method> = z.output<Contract[M]['output']>;
