import type { Input, Output } from '#src/shared/contract';
import type { Calls } from '#src/shared/contract/calls';
import { HoldfastError } from '#src/shared/errors';

/** Calls that run now, as a test says. */
export class WorldCalls {
  running: Calls['running'] = [];
  handedOut: Calls['handed_out'] = [];
  readonly cancelled: number[] = [];

  handlers() {
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
      'calls.patience': (): Output<'calls.patience'> => ({ clients: [] }),
      'calls.set_patience': ({ client_id, seconds }: Input<'calls.set_patience'>): Output<'calls.set_patience'> => ({
        client_id,
        seconds: seconds ?? 60,
        renewed_by_progress: false,
        from: seconds === null ? 'usual' : 'set',
      }),
    };
  }
}
