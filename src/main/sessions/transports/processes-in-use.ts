import type { ClientProcess } from '../../../shared/contract/client-process';
import type { SessionCore } from '../session-core';
import type { GoneProcesses } from './gone-processes';
import type { SessionTransports } from './session-transports';

/** The processes of clients that sessions depend on, and what follows when they end. */
export class ProcessesInUse {
  private readonly core: SessionCore;
  private readonly gone: GoneProcesses;
  private readonly transports: SessionTransports;

  constructor(core: SessionCore, gone: GoneProcesses, transports: SessionTransports) {
    this.core = core;
    this.gone = gone;
    this.transports = transports;
  }

  /**
   * The processes that a client's next transport may depend on, or those of all attached sessions: what to look for to
   * know whether they still run. Those known to have ended are left out.
   */
  of(clientId: string | null): ClientProcess[] {
    const { clock, policy, repository } = this.core;
    const waiting =
      clientId === null ? [] : repository.sessions.disconnectedSince(clientId, clock.lived() - policy.retention);
    const byPid = new Map<string, ClientProcess>();
    for (const { session } of [...waiting, ...this.core.attached()]) {
      const { client_process, client_id } = session;
      if (client_process === null || (clientId !== null && client_id !== clientId)) continue;
      if (!this.gone.has(client_process)) byPid.set(`${client_process.pid} ${client_process.started}`, client_process);
    }
    return [...byPid.values()];
  }

  /** These processes have ended: their sessions are disconnected, and other processes may go on with them. */
  ended(processes: readonly ClientProcess[]): void {
    this.gone.add(processes);
    const contact_lost_at = this.core.clock.now();
    const left = [...this.core.attached()].filter(
      ({ session: { session_id, client_process } }) =>
        client_process !== null &&
        this.gone.has(client_process) &&
        !this.transports.expected.isAwaited(session_id) &&
        this.transports.othersOf(session_id).every(({ client_process: one }) => one !== null && this.gone.has(one)),
    );
    if (left.length === 0) return;
    this.core.runAll(
      left.map(({ session: { session_id: sessionId } }) => ({
        sessionId,
        command: { type: 'disconnect', reason: 'client_ended', contact_lost_at },
      })),
    );
  }
}
