import { SettingDesk } from '#src/main/settings/setting-desk';
import type { Input, Output } from '#src/shared/contract/index';
import { HoldfastError } from '#src/shared/errors';
import type { SettingValues } from '#src/shared/model/setting-definitions';

/** Answered with the words of the real check. */
const TAKEN_PORT = 9_999;

/** The real desk of settings over a table in memory. */
export class WorldSettings {
  readonly kept = new Map<string, unknown>();
  canRestart = true;
  restarts = 0;
  given: Partial<SettingValues> = { processes: 48 };
  #desk: SettingDesk | null = null;

  /** As a start of Holdfast does: what was saved for it holds from now on. */
  restart(): void {
    this.#desk = null;
  }

  handlers() {
    const list = (): Output<'settings.list'> => ({
      settings: this.#opened().list(),
      installation: 'desktop',
      can_restart: this.canRestart,
    });
    return {
      'settings.list': list,
      'settings.change': ({ changes }: Input<'settings.change'>) => {
        this.#opened().change(changes);
        return list();
      },
      'settings.check_port': ({ port }: Input<'settings.check_port'>): Output<'settings.check_port'> =>
        port === TAKEN_PORT
          ? { free: false, sentence: `Port ${port} is taken by another program. Choose another port.` }
          : { free: true, sentence: `Port ${port} is free.` },
      'app.restart': () => {
        if (!this.canRestart) throw new HoldfastError('invalid_input');
        this.restarts += 1;
        return {};
      },
    };
  }

  #opened(): SettingDesk {
    this.#desk ??= new SettingDesk({
      given: this.given,
      kept: {
        get: <T>(name: string) => (this.kept.get(name) ?? null) as T | null,
        set: (name, value) => void this.kept.set(name, value),
        remove: (name) => void this.kept.delete(name),
      },
      transaction: (work) => work(),
      machineBytes: 32 * 2 ** 30,
      onProblem: () => undefined,
    });
    return this.#desk;
  }
}
