import type { Settings } from '../../shared/contract/settings';
import { HoldfastError } from '../../shared/errors';
import type { Ms } from '../../shared/model/units';
import { advice, INSTALLATION } from '../platform/installation';
import { checkPort } from '../platform/port-check';
import type { Services } from '../services';
import type { Handlers } from './router';

/** What the process around Holdfast can do. */
export interface HostPorts {
  /** The port that the endpoint has. */
  ownPort(): number;
  /** Ends the process in order and starts it again; null where somebody else has to. */
  readonly restart: (() => void) | null;
}

/** Long enough for the answer to reach the window that asked. */
const ANSWERED: Ms = 100;

type SettingMethod = 'settings.list' | 'settings.change' | 'settings.check_port' | 'app.restart';

/** The methods of the Settings view. */
export function createSettingHandlers({ desk, timers }: Services, host: HostPorts): Pick<Handlers, SettingMethod> {
  const list = (): Settings => ({
    settings: desk.list(),
    installation: INSTALLATION,
    can_restart: host.restart !== null,
  });
  return {
    'settings.list': list,
    'settings.change': ({ changes }) => {
      desk.change(changes);
      return list();
    },
    'settings.check_port': ({ port }) => checkPort(port, host.ownPort()),
    'app.restart': () => {
      const { restart } = host;
      if (restart === null) {
        throw new HoldfastError(
          'invalid_input',
          `Without a window, Holdfast cannot start itself again. Quit it. ${advice().start}`,
        );
      }
      timers.after(ANSWERED, restart);
      return {};
    },
  };
}
