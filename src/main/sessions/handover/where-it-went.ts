import type { WentTo } from '../session-ports';

/** What a client is told whose session another one has taken over, in one sentence. */
export function whereItWent({ client, at }: Pick<WentTo, 'client' | 'at'>): string {
  const when = `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return `This session went on in ${client} at ${when}: its servers are there now, with what they hold.`;
}

/** For a request with the id of a transport that ended then. */
export const goneTo = (went: WentTo): string =>
  `Session not found. ${whereItWent(went)} Initialize again for a new one.`;

/** For a call that was running then. */
export const cutOff = (went: Pick<WentTo, 'client' | 'at'>): string =>
  `${whereItWent(went)} The call goes on at its server, but its result goes to nobody; its outcome is unknown.`;

/** For the first call on the new session that the client got instead. */
export const toldOnce = (went: WentTo): string =>
  `${whereItWent(went)} This connection has a new session, whose servers know nothing of it, so this call was not made. Call again to go on here.`;
