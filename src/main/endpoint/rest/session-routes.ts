import { createRoute } from '@hono/zod-openapi';
import type { SessionPage } from '../../../shared/contract/session';
import { callerOf, type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';
import { ADMIN_ONLY, body, CONFLICT, FAILURES, json, NOT_FOUND } from './responses';
import * as schemas from './schemas';

const TAG = 'Sessions';
const SESSIONS = '/api/mcp/sessions';
const ONE = `${SESSIONS}/{session_id}`;

const listRoute = createRoute({
  method: 'get',
  path: SESSIONS,
  tags: [TAG],
  summary: 'Sessions, filtered, sorted and paged',
  description: 'A client key sees the sessions of its client, the admin key all.',
  request: { query: schemas.sessionListQuery },
  responses: { 200: json(schemas.sessionPage, 'one page'), ...FAILURES },
});

const healthRoute = createRoute({
  method: 'get',
  path: `${SESSIONS}/health`,
  tags: [TAG],
  summary: 'How many sessions there are of each status, and how often they reconnected',
  responses: { 200: json(schemas.sessionsHealth, 'the counts'), ...FAILURES },
});

const getRoute = createRoute({
  method: 'get',
  path: ONE,
  tags: [TAG],
  summary: 'One session',
  request: { params: schemas.sessionId },
  responses: { 200: json(schemas.session, 'the session'), ...FAILURES, ...NOT_FOUND },
});

const timelineRoute = createRoute({
  method: 'get',
  path: `${ONE}/events`,
  tags: [TAG],
  summary: 'Timeline of a session, newest first',
  description: 'For the next page pass the lowest `seq` of this one as `before_seq`.',
  request: { params: schemas.sessionId, query: schemas.timelineQuery },
  responses: { 200: json(schemas.timeline, 'one page'), ...FAILURES, ...NOT_FOUND },
});

const namesRoute = createRoute({
  method: 'get',
  path: `${SESSIONS}/names`,
  tags: [TAG],
  summary: 'Names that sessions were given, by session id',
  responses: { 200: json(schemas.sessionNames, 'the names'), ...FAILURES, ...ADMIN_ONLY },
});

const changeRoute = createRoute({
  method: 'patch',
  path: ONE,
  tags: [TAG],
  summary: 'Name a session, pin it or unpin it, choose who is asked',
  description:
    'An empty name takes the name away. An ended session can be named, but not pinned. `asks`: of two sessions that share servers, which one gets what servers ask.',
  request: { params: schemas.sessionId, ...body(schemas.sessionChange) },
  responses: {
    200: json(schemas.namedSession, 'the session after it'),
    ...FAILURES,
    ...ADMIN_ONLY,
    ...NOT_FOUND,
    ...CONFLICT('it has ended, 20 sessions are pinned already, or it shares its servers with no other'),
  },
});

const offerRoute = createRoute({
  method: 'post',
  path: `${ONE}/offer`,
  tags: [TAG],
  summary: 'Let another client go on with a session',
  description:
    'Nothing changes until the client comes, within five minutes: by its next connection, or with an invitation by the tool `reconnect_session`. Then the session is its own, with all that its servers hold; or, with `share`, a session of its own uses the same processes. The invitation is shown this once.',
  request: { params: schemas.sessionId, ...body(schemas.newOffer) },
  responses: {
    200: json(schemas.offered, 'the session, and the invitation if one was asked for'),
    ...FAILURES,
    ...ADMIN_ONLY,
    ...NOT_FOUND,
    ...CONFLICT(
      'it has ended or shares its servers already, the client may not take over, or another session waits for its next connection',
    ),
  },
});

const withdrawRoute = createRoute({
  method: 'delete',
  path: `${ONE}/offer`,
  tags: [TAG],
  summary: 'Take an offer back',
  description: 'Without an offer, nothing changes.',
  request: { params: schemas.sessionId },
  responses: { 200: json(schemas.session, 'the session'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const stopSharingRoute = createRoute({
  method: 'delete',
  path: `${ONE}/sharing`,
  tags: [TAG],
  summary: 'Stop sharing the servers of a session with another one',
  description:
    'By either of the two. The servers stay with the session that they were started for; the next call of the other one starts its own. Without sharing, nothing changes.',
  request: { params: schemas.sessionId },
  responses: { 200: json(schemas.session, 'the session'), ...FAILURES, ...ADMIN_ONLY, ...NOT_FOUND },
});

const closeRoute = createRoute({
  method: 'delete',
  path: ONE,
  tags: [TAG],
  summary: 'End a session for good',
  description: 'Ending a session that has ended changes nothing.',
  request: { params: schemas.sessionId },
  responses: { 200: json(schemas.session, 'the session after it'), ...FAILURES, ...NOT_FOUND },
});

/** Routes that read and end sessions. */
export function addSessionRoutes(app: RestApp, { services }: RestDeps): void {
  const { store, manager, clock } = services;

  app.openapi(listRoute, (c) => {
    const { principal } = callerOf(c);
    const query = c.req.valid('query');
    if (principal.kind === 'admin') return reply(c, store.sessions.page(query), 200);
    const own = principal.client.client_id;
    const isForeign = query.client_id !== undefined && query.client_id !== own;
    const none: SessionPage = { sessions: [], total: 0 };
    return reply(c, isForeign ? none : store.sessions.page({ ...query, client_id: own }), 200);
  });

  app.openapi(healthRoute, (c) => {
    const { principal } = callerOf(c);
    const now = clock.now();
    const isAdmin = principal.kind === 'admin';
    return reply(
      c,
      isAdmin ? store.sessions.health(now) : store.sessions.healthOf(principal.client.client_id, now),
      200,
    );
  });

  app.openapi(namesRoute, (c) => {
    requireAdmin(c);
    return reply(c, { names: store.sessionNames.list() }, 200);
  });

  app.openapi(changeRoute, (c) => {
    requireAdmin(c);
    const { session_id } = c.req.valid('param');
    const { name, pinned, asks } = c.req.valid('json');
    const { principal } = callerOf(c);
    // All or nothing: to choose who is asked again changes nothing, and says whether it can be chosen.
    const { sharing } = manager.get(session_id, principal);
    if (asks !== undefined) manager.setAsked(session_id, sharing?.asks ?? asks, 'rest');
    if (pinned !== undefined) manager.setPinned(session_id, principal, pinned, 'rest');
    if (asks !== undefined) manager.setAsked(session_id, asks, 'rest');
    if (name !== undefined) store.sessionNames.set(session_id, name);
    const session = manager.get(session_id, principal);
    return reply(c, { session, name: store.sessionNames.list()[session_id] ?? null }, 200);
  });

  app.openapi(offerRoute, async (c) => {
    requireAdmin(c);
    const { client_id, invited, share } = c.req.valid('json');
    const client = services.clients.get(client_id);
    return reply(c, await manager.offerSession(c.req.valid('param').session_id, client, invited, 'rest', share), 200);
  });

  app.openapi(withdrawRoute, (c) => {
    requireAdmin(c);
    return reply(c, manager.withdrawOffer(c.req.valid('param').session_id), 200);
  });

  app.openapi(stopSharingRoute, (c) => {
    requireAdmin(c);
    return reply(c, manager.stopSharing(c.req.valid('param').session_id), 200);
  });

  app.openapi(getRoute, (c) => {
    const { session_id } = c.req.valid('param');
    return reply(c, manager.get(session_id, callerOf(c).principal), 200);
  });

  app.openapi(timelineRoute, (c) => {
    const { session_id } = manager.get(c.req.valid('param').session_id, callerOf(c).principal);
    return reply(c, store.events.timeline({ session_id, ...c.req.valid('query') }), 200);
  });

  app.openapi(closeRoute, (c) => {
    const { principal } = callerOf(c);
    const reason = principal.kind === 'admin' ? 'user' : 'client';
    return reply(c, manager.close(c.req.valid('param').session_id, principal, reason), 200);
  });
}
