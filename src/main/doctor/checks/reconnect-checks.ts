import { createHmac, randomBytes } from 'node:crypto';
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
    `expected ${status} ${code}, the answer was ${answer.status} ${detail ?? 'without a detail'}`,
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
      return `issued over REST, good for ${expires_in_minutes} minutes`;
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
      must(success === true && answer.body.session_id === session, 'the answer does not say that it worked');
      const due = before.body.reconnect_count + 1;
      must(reconnect_count === due, `the count is ${reconnect_count} instead of ${due}`);
      must(reconnect_token && reconnect_token !== token, 'there is no new token in the answer');
      context.keep({ usedToken: token, token: reconnect_token });
      return `same session, count ${due - 1} to ${due}, a new token`;
    },
  },
  {
    name: 'event',
    async run(context) {
      const session = context.need('session');
      const isIt = (message: Unchecked) => message.type === 'session_reconnected' && message.session_id === session;
      context.need('usedToken');
      const { data, seq } = await context.need('monitor').next(isIt, 5_000, 'session_reconnected');
      must(
        data.event?.kind === 'session_reconnected' && data.event.seq === seq,
        'the message does not carry its event',
      );
      return `the monitor was told of that reconnect (seq ${seq})`;
    },
  },
  {
    name: 'retry',
    async run(context) {
      const answer = await reconnect(context, context.need('session'), context.need('usedToken'));
      mustBe(answer, 200);
      must(answer.body.reconnect_token === context.need('token'), 'the retry got another successor');
      return 'the same token at once again: the same successor, not counted, in case the first answer was lost';
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
      return '401 for a token whose successor was used; the successors are revoked';
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
      return '401 for a token that a newer one has replaced';
    },
  },
  {
    name: 'session_id_mismatch',
    async run(context) {
      const token = context.need('secondToken');
      mustRefuse(await reconnect(context, context.need('session'), token), 400, 'session_id_mismatch');
      return '400 for the token of another session';
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
        'a foreign session differs from an unknown one',
      );
      return "404 for another client's key, even with a genuine token";
    },
  },
  {
    name: 'invalid_token',
    async run(context) {
      const [session, token] = [context.need('secondSession'), context.need('secondToken')];
      mustRefuse(await reconnect(context, session, forge(token)), 401, 'invalid_token');
      mustRefuse(await reconnect(context, session, truncate(token)), 401, 'invalid_token');
      return '401 for a token that nobody signed, and for a damaged one';
    },
  },
  { name: 'token_expired', skip: 'takes as long as a token lives; the tests do it with a clock of their own' },
  { name: 'invalid_token_purpose', skip: 'takes a token signed with the secret, which stays inside; the tests do it' },
  {
    name: 'tool',
    async run(context) {
      const session = context.need('secondSession');
      const mcp = await connectMcp(context.url, context.need('client').client_key);
      const args = { session_id: session, reconnect_token: context.need('secondToken') };
      const { isError, structuredContent } = await mcp.callTool('reconnect_session', args);
      if (structuredContent?.reconnect_token) context.secret(structuredContent.reconnect_token);
      must(!isError && structuredContent?.success === true, `the tool failed: ${structuredContent?.code ?? 'unknown'}`);
      context.keep({ secondToken: structuredContent.reconnect_token });
      const info = await mcp.callTool('session_info');
      if (info.structuredContent?.reconnect_token) context.secret(info.structuredContent.reconnect_token);
      const found = info.structuredContent?.session_id;
      must(found === session, 'the connection that called reconnect_session is not in the old session');
      return 'reconnect_session over a new connection, which is in the old session from then on';
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
      must(ended.status < 300, `the session could not be ended: ${ended.status}`);
      mustRefuse(await reconnect(context, session, token), 409, 'session_already_disconnected');
      return '409 for a session that was ended';
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
        must(Number(answer.headers.get('retry-after')) > 0, 'the 429 has no Retry-After');
        return '429 with Retry-After once too many tokens were tried for one session';
      }
      throw new Failure(`${TOO_MANY} wrong tokens in a row were all looked at`);
    },
  },
];
