import type { Client } from '../../../shared/contract/client';
import { isSameProcess } from '../../../shared/model/client-process';
import { DAY, type Ms, SECOND } from '../../../shared/model/units';
import type { SessionCore } from '../session-core';
import type { TransportRecord, WentTo } from '../session-ports';

/** Beyond that, the clients that lost a session first are not told on their next one. */
const MOST = 100;
/** Who comes back later than that does not remember the session. */
const TELLABLE: Ms = DAY;
/**
 * The word is held back this long, and whatever else arrives on the connection meanwhile gets it too: calls that a client makes
 * at once stand and fall together, and one that is made after the word is a call of somebody who knows.
 */
const HELD_BACK: Ms = SECOND;

/** What a client is told in place of a call. */
export interface News {
  readonly went: WentTo;
  /** When it is to be delivered, from now. */
  readonly in: Ms;
}

/**
 * The clients whose session another one has taken over, and who have not been told. Most clients answer a 404 by
 * initializing again, without showing why to anybody; so they are told once more, by the first call on their new session.
 */
export class LostOwners {
  private readonly core: SessionCore;
  private known: TransportRecord[] | null = null;
  /** Transports whose client is being told, for a moment. */
  private readonly telling = new Map<string, { readonly went: WentTo; readonly until: Ms }>();

  constructor(core: SessionCore) {
    this.core = core;
  }

  /** Transports that have just ended because their session went elsewhere. */
  add(records: readonly TransportRecord[]): void {
    if (records.length > 0) this.known = [...this.untold(), ...records].slice(-MOST);
  }

  /** Where the session of an ended transport went; null if it went nowhere, or belonged to another client. */
  of(transportId: string, clientId: string): WentTo | null {
    const record = this.core.repository.transports.get(transportId);
    return record?.client_id === clientId ? record.went_to : null;
  }

  /**
   * What the client of this transport has to be told in place of its first calls on it; null if there is nothing. It is told
   * once, also when Holdfast is killed right afterwards. Never throws for a full disk: it may be told again then after a restart.
   */
  take(transport: TransportRecord, client: Client): News | null {
    const now = this.core.clock.monotonic();
    for (const [id, { until }] of this.telling) if (until <= now) this.telling.delete(id);
    const telling = this.telling.get(transport.transport_id);
    if (telling) return { went: telling.went, in: telling.until - now };
    const since = this.core.clock.now() - TELLABLE;
    const mine = this.untold().filter((lost) => isMeant(lost, transport, client, since));
    const went = mine.at(-1)?.went_to ?? null;
    if (went === null) return null;
    this.core.attempt(() => this.core.repository.commit({ events: [], transports: mine.map(told) }));
    this.forget(mine);
    this.telling.set(transport.transport_id, { went, until: now + HELD_BACK });
    return { went, in: HELD_BACK };
  }

  /** The ended transports of a client that has this session again, as told: there is nothing to tell any more. */
  returned(sessionId: string, clientId: string): TransportRecord[] {
    return this.untold()
      .filter(({ session_id, client_id }) => session_id === sessionId && client_id === clientId)
      .map(told);
  }

  /** Call this when these are stored as told. */
  forget(records: readonly TransportRecord[]): void {
    const ids = new Set(records.map(({ transport_id }) => transport_id));
    this.known = this.untold().filter(({ transport_id }) => !ids.has(transport_id));
  }

  /** Oldest first. */
  private untold(): TransportRecord[] {
    this.known ??= this.core.repository.transports.untold(MOST).reverse();
    return this.known;
  }
}

/** Whether the new transport is of whoever lost its session: opened afterwards, at the same address, by the same process. */
function isMeant(lost: TransportRecord, transport: TransportRecord, client: Client, since: Ms): boolean {
  const { client_process: before } = lost;
  const { client_process: now } = transport;
  if (lost.client_id !== transport.client_id || lost.server !== transport.server || lost.went_to === null) return false;
  if (transport.created_at < lost.went_to.at || lost.went_to.at < since) return false;
  // Handed back, or over to another process of the same client: its servers are here.
  if (lost.session_id === transport.session_id) return false;
  if (client.new_process === 'last_session' || before === null || now === null) return true;
  return isSameProcess(before, now);
}

const told = (lost: TransportRecord): TransportRecord => ({
  ...lost,
  went_to: lost.went_to && { ...lost.went_to, told: true },
});
