import { z } from '@hono/zod-openapi';
import { SNAPSHOT_SESSIONS, type StreamMessage } from '../../../shared/contract/stream';
import { WEB } from '../../../shared/contract/web';
import { HoldfastError } from '../../../shared/errors';
import { invokeMethod } from '../../window-api/router';
import { bearerOf } from '../auth';
import { callerOf, type RestApp, type RestDeps, requireAdmin } from './context';
import { reply } from './reply';

const ticketBody = z.strictObject({ ticket: z.string().min(1).max(200) });

/** Routes of the window in a browser: the window's own methods over HTTP. They follow the page, so no document names them. */
export function addUiRoutes(app: RestApp, deps: RestDeps): void {
  const { services, handlers, authenticator, signIns } = deps;
  const { store, clock, log } = services;

  app.post(WEB.signIn, async (c) => {
    const { data } = ticketBody.safeParse(await c.req.json().catch(() => null));
    if (!data)
      throw new HoldfastError('invalid_input', 'Send {"ticket":"<ticket>"} with the ticket of a sign-in link.');
    const token = signIns.redeem(data.ticket);
    if (token === null) throw await authenticator.refused('ticket');
    return reply(c, { token }, 200);
  });

  app.post(WEB.signOut, (c) => {
    const { via, name } = callerOf(c);
    const token = bearerOf(c.req.header('authorization') ?? '');
    if (via !== 'ui_token' || token === null) {
      throw new HoldfastError('forbidden', 'Only a browser can be signed out. Remove a client to take its key away.');
    }
    signIns.signOut(token);
    deps.onSignOut(name);
    return reply(c, {}, 200);
  });

  app.post(`${WEB.rpc}/:method`, async (c) => {
    requireAdmin(c);
    const input: unknown = (await c.req.text()) === '' ? {} : await c.req.json();
    const report = (error: unknown) => log.error({ err: error, method: c.req.param('method') }, 'a method failed');
    return reply(c, await invokeMethod(handlers, c.req.param('method'), input, report), 200);
  });

  app.get(WEB.snapshot, (c) => {
    requireAdmin(c);
    const { epoch, seq } = services.info();
    const sessions = store.sessions.snapshot(SNAPSHOT_SESSIONS);
    return reply(c, { type: 'snapshot', epoch, seq, at: clock.now(), sessions } satisfies StreamMessage, 200);
  });
}
