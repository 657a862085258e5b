import type { Client } from '../../../shared/contract/client';
import { isSameProcess } from '../../../shared/model/client-process';
import type { SessionCore } from '../session-core';
import type { TransportRecord, WentTo } from '../session-ports';

/** Beyond that, the clients that lost a session first are not told on their next one. */
const MOST = 100;

/**
 * The clients whose session another one has taken over, and who have not been told. Most clients answer a 404 by
 * initializing again, without showing why to anybody; so they are told once more, by the first call on their new session.
 */
export class LostOwners {
  private readonly core: SessionCore;
  private known: TransportRecord[] | null = null;

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
   * What the client of this transport has to be told before its first call on it is made; null if there is nothing. It is
   * told once, also when Holdfast is killed right afterwards.
   */
  take(transport: TransportRecord, client: Client): WentTo | null {
    const mine = this.untold().filter((lost) => isMeant(lost, transport, client));
    const newest = mine.at(-1)?.went_to ?? null;
    if (newest === null) return null;
    const transports = mine.map((lost) => ({ ...lost, went_to: lost.went_to && { ...lost.went_to, told: true } }));
    this.core.repository.commit({ events: [], transports });
    this.known = this.untold().filter((lost) => !mine.includes(lost));
    return newest;
  }

  /** Oldest first. */
  private untold(): TransportRecord[] {
    this.known ??= this.core.repository.transports.untold(MOST).reverse();
    return this.known;
  }
}

/** Whether the new transport is of whoever lost its session: opened afterwards, at the same address, by the same process. */
function isMeant(lost: TransportRecord, transport: TransportRecord, client: Client): boolean {
  const { client_process: before } = lost;
  const { client_process: now } = transport;
  if (lost.client_id !== transport.client_id || lost.server !== transport.server || lost.went_to === null) return false;
  if (transport.created_at < lost.went_to.at) return false;
  if (client.new_process === 'last_session' || before === null || now === null) return true;
  return isSameProcess(before, now);
}
