import { createHmac, randomBytes } from 'node:crypto';
import { said } from '../../../shared/messages/said';
import { type Answer, ask, type Unchecked } from '../../platform/ask';
import type { Check } from '../check';
import type { CheckContext } from '../check-context';
import { Failure, must, mustBe } from '../failure';
import { connectMcp } from '../mcp-client';

/** More reconnect attempts than a session allows, which is ten a minute. */
const TOO_MANY = 15;

async function issueToken(context: CheckContext, session: string, key: string): Promise<Unchecked> {
  const answer = await ask(`${context.url}/api/mcp/sessions/${session}/token`, { key });
  mustBe(answer, 200);
  context.secret(answer.body.reconnect_token);
  return answer.body;
}

/** Reconnects with a token, by default with the key of the session's own client. */
async function reconnect(
  context: CheckContext,
  session: string,
  token: string,
  key = context.need('client').client_key,
): Promise<Answer> {
  const url = `${context.url}/api/mcp/sessions/${session}/reconnect`;
  const answer = await ask(url, { method: 'POST', key, body: { token } });
  if (answer.body?.reconnect_token) context.secret(answer.body.reconnect_token);
  return answer;
}

/** Throws a {@link Failure} unless the reconnect was refused with this status and code. */
function mustRefuse(answer: Answer, status: number, code: string): void {
  const detail = answer.body?.detail;
  must(
    answer.status === status && detail === `Reconnection failed: ${code}`,
    said('said.check.refusal', { status, code, found: answer.status, why: detail ?? said('said.check.no_detail') }),
  );
}

/** Signs the claims of a genuine token with a random key. */
function forge(token: string): string {
  const [header, payload] = token.split('.');
  const signed = `${header}.${payload}`;
  return `${signed}.${createHmac('sha256', randomBytes(32)).update(signed).digest('base64url')}`;
}

const truncate = (token: string): string => token.slice(0, -8);

export const reconnectChecks: Check[] = [
  {
    name: 'token',
    async run(context) {
      const { reconnect_token, expires_in_minutes } = await issueToken(
        context,
        context.need('session'),
        context.need('client').client_key,
      );
      context.keep({ token: reconnect_token });
      return said('said.check.token.ok', { minutes: expires_in_minutes });
    },
  },
  {
    name: 'reconnect',
    async run(context) {
      const [session, token] = [context.need('session'), context.need('token')];
      const before = await ask(`${context.url}/api/mcp/sessions/${session}`, {
        key: context.need('client').client_key,
      });
      const answer = await reconnect(context, session, token);
      mustBe(answer, 200);
      const { success, reconnect_count, reconnect_token } = answer.body;
      must(success === true && answer.body.session_id === session, said('said.check.reconnect.unsaid'));
      const due = before.body.reconnect_count + 1;
      must(reconnect_count === due, said('said.check.reconnect.count', { count: reconnect_count, due }));
      must(reconnect_token && reconnect_token !== token, said('said.check.reconnect.no_token'));
      context.keep({ usedToken: token, token: reconnect_token });
      return said('said.check.reconnect.ok', { before: due - 1, after: due });
    },
  },
  {
    name: 'event',
    async run(context) {
      const session = context.need('session');
      const isIt = (message: Unchecked) => message.type === 'session_reconnected' && message.session_id === session;
      context.need('usedToken');
      const { data, seq } = await context.need('monitor').next(isIt, 5_000, 'session_reconnected');
      must(data.event?.kind === 'session_reconnected' && data.event.seq === seq, said('said.check.event.empty'));
      return said('said.check.event.ok', { seq });
    },
  },
  {
    name: 'retry',
    async run(context) {
      const answer = await reconnect(context, context.need('session'), context.need('usedToken'));
      mustBe(answer, 200);
      must(answer.body.reconnect_token === context.need('token'), said('said.check.retry.other'));
      return said('said.check.retry.ok');
    },
  },
  {
    name: 'token_reused',
    async run(context) {
      const [session, used] = [context.need('session'), context.need('usedToken')];
      const next = await reconnect(context, session, context.need('token'));
      mustBe(next, 200);
      mustRefuse(await reconnect(context, session, used), 401, 'token_reused');
      mustRefuse(await reconnect(context, session, next.body.reconnect_token), 401, 'token_reused');
      return said('said.check.reused.ok');
    },
  },
  {
    name: 'token_mismatch',
    async run(context) {
      const [session, { client_key }] = [context.need('secondSession'), context.need('client')];
      const { reconnect_token: older } = await issueToken(context, session, client_key);
      const { reconnect_token: newer } = await issueToken(context, session, client_key);
      context.keep({ secondToken: newer });
      mustRefuse(await reconnect(context, session, older), 401, 'token_mismatch');
      return said('said.check.mismatch.ok');
    },
  },
  {
    name: 'session_id_mismatch',
    async run(context) {
      const token = context.need('secondToken');
      mustRefuse(await reconnect(context, context.need('session'), token), 400, 'session_id_mismatch');
      return said('said.check.other_session.ok');
    },
  },
  {
    name: 'session_not_found',
    async run(context) {
      const [session, token] = [context.need('secondSession'), context.need('secondToken')];
      const { client_key } = context.need('stranger');
      mustRefuse(await reconnect(context, session, token, client_key), 404, 'session_not_found');
      const unknown = await ask(`${context.url}/api/mcp/sessions/s_AAAAAAAAAAAAAAAAAAAAAA`, { key: client_key });
      const foreign = await ask(`${context.url}/api/mcp/sessions/${session}`, { key: client_key });
      mustBe(foreign, 404);
      must(
        unknown.status === 404 && unknown.body?.detail === foreign.body?.detail,
        said('said.check.not_found.differs'),
      );
      return said('said.check.not_found.ok');
    },
  },
  {
    name: 'invalid_token',
    async run(context) {
      const [session, token] = [context.need('secondSession'), context.need('secondToken')];
      mustRefuse(await reconnect(context, session, forge(token)), 401, 'invalid_token');
      mustRefuse(await reconnect(context, session, truncate(token)), 401, 'invalid_token');
      return said('said.check.invalid.ok');
    },
  },
  { name: 'token_expired', skip: said('said.check.expired.skip') },
  { name: 'invalid_token_purpose', skip: said('said.check.purpose.skip') },
  {
    name: 'tool',
    async run(context) {
      const session = context.need('secondSession');
      const mcp = await connectMcp(context.url, context.need('client').client_key);
      const args = { session_id: session, reconnect_token: context.need('secondToken') };
      const { isError, structuredContent } = await mcp.callTool('reconnect_session', args);
      if (structuredContent?.reconnect_token) context.secret(structuredContent.reconnect_token);
      must(
        !isError && structuredContent?.success === true,
        said('said.check.tool.failed', { code: structuredContent?.code ?? 'unknown' }),
      );
      context.keep({ secondToken: structuredContent.reconnect_token });
      const info = await mcp.callTool('session_info');
      if (info.structuredContent?.reconnect_token) context.secret(info.structuredContent.reconnect_token);
      const found = info.structuredContent?.session_id;
      must(found === session, said('said.check.tool.elsewhere'));
      return said('said.check.tool.ok');
    },
  },
  {
    name: 'session_already_disconnected',
    async run(context) {
      const [session, token] = [context.need('secondSession'), context.need('secondToken')];
      const ended = await ask(`${context.url}/api/mcp/sessions/${session}`, {
        method: 'DELETE',
        key: context.need('client').client_key,
      });
      must(ended.status < 300, said('said.check.ended.failed', { status: ended.status }));
      mustRefuse(await reconnect(context, session, token), 409, 'session_already_disconnected');
      return said('said.check.ended.ok');
    },
  },
  {
    name: 'rate_limited',
    async run(context) {
      const session = context.need('secondSession');
      for (let tries = 1; tries <= TOO_MANY; tries++) {
        const answer = await reconnect(context, session, 'guess');
        if (answer.status !== 429) continue;
        mustRefuse(answer, 429, 'rate_limited');
        must(Number(answer.headers.get('retry-after')) > 0, said('said.check.rate.no_header'));
        return said('said.check.rate.ok');
      }
      throw new Failure(said('said.check.rate.none', { count: TOO_MANY }));
    },
  },
];
