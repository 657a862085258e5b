import { defaultPatience } from '#src/main/long-calls/patience';
import type { Input, Output } from '#src/shared/contract';
import type { Calls, PatienceView } from '#src/shared/contract/calls';
import type { Client } from '#src/shared/contract/client';
import { HoldfastError } from '#src/shared/errors';
import { SECOND } from '#src/shared/model/units';

/** Calls that run now, as a test says. */
export class WorldCalls {
  running: Calls['running'] = [];
  handedOut: Calls['handed_out'] = [];
  readonly cancelled: number[] = [];

  /** What is set or learned of clients, by id. */
  readonly patience = new Map<string, { readonly seconds: number; readonly from: 'set' | 'learned' }>();
  /** Why no patience can be set. */
  patienceProblem: string | null = null;

  handlers(clients: () => readonly Client[]) {
    const all = () => [...this.running, ...this.handedOut];
    return {
      'calls.list': (): Calls => ({ running: this.running, handed_out: this.handedOut, now: Date.now() }),
      'calls.cancel': ({ call_id }: Input<'calls.cancel'>) => {
        if (!all().some((call) => call.call_id === call_id)) throw new HoldfastError('call_not_found');
        this.cancelled.push(call_id);
        this.running = this.running.filter((call) => call.call_id !== call_id);
        this.handedOut = this.handedOut.map((call) =>
          call.call_id === call_id ? { ...call, state: 'cancelled', ended_at: Date.now() } : call,
        );
        return {};
      },
      'calls.patience': (): Output<'calls.patience'> => ({ clients: clients().map((one) => this.patienceOf(one)) }),
      'calls.set_patience': ({ client_id, seconds }: Input<'calls.set_patience'>): Output<'calls.set_patience'> => {
        if (this.patienceProblem !== null) throw new HoldfastError('invalid_input', this.patienceProblem);
        if (seconds === null) this.patience.delete(client_id);
        else this.patience.set(client_id, { seconds, from: 'set' });
        return this.patienceOf(clients().find((one) => one.client_id === client_id) ?? { client_id, type: 'other' });
      },
    };
  }

  private patienceOf({ client_id, type }: Pick<Client, 'client_id' | 'type'>): PatienceView {
    const { limit, isRenewed, from } = defaultPatience({ type });
    const usual = { seconds: limit / SECOND, renewed_by_progress: isRenewed, from };
    const known = this.patience.get(client_id);
    return {
      client_id,
      ...(known ? { ...known, renewed_by_progress: false } : usual),
      learned_seconds: known?.from === 'learned' ? known.seconds : null,
      default: usual,
    };
  }
}
