import type { AlertTest } from '../../shared/contract/alert';
import type { Settings } from '../../shared/contract/settings';
import type { LoginStart, Startup } from '../../shared/contract/startup';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import type { LanguageChoice } from '../../shared/messages/speech';
import type { Ms } from '../../shared/model/units';
import { advice, INSTALLATION } from '../platform/installation';
import { checkPort } from '../platform/port-check';
import type { Services } from '../services';
import type { CallsByHand } from './again-handlers';
import type { Handlers } from './router';

/** What the process around Holdfast can do. */
export interface HostPorts {
  /** The port that the endpoint has. */
  ownPort(): number;
  /** Ends the process in order and starts it again; null where somebody else has to. */
  readonly restart: (() => void) | null;
  /** Whether the desktop shows the tray icon of this process; null if that cannot be found out. Missing without a window. */
  readonly hasTray?: () => Promise<boolean | null>;
  /** Shows a test as a notification of the system, and says whether that was shown. Missing without a window. */
  readonly testNotification?: () => Promise<boolean>;
  /** Makes what the process shows outside of the window speak a language. Missing without a window. */
  readonly speak?: (choice: LanguageChoice) => Promise<void>;
  /** Makes calls by hand, again. Missing where there is no endpoint. */
  readonly callsByHand?: () => CallsByHand;
  /** Posts a test to the webhook: why it was not taken, null if it was, undefined without a webhook. */
  readonly testWebhook?: () => Promise<string | null | undefined>;
}

/** Long enough for the answer to reach the window that asked. */
const ANSWERED: Ms = 100;

type SettingMethod =
  | 'settings.list'
  | 'settings.change'
  | 'settings.check_port'
  | 'app.restart'
  | 'startup.get'
  | 'startup.set'
  | 'desktop.language'
  | 'telemetry.get'
  | 'telemetry.set_otlp'
  | 'telemetry.set_metrics'
  | 'telemetry.test'
  | 'updates.get'
  | 'updates.set'
  | 'updates.check'
  | 'alerts.list'
  | 'alerts.settings'
  | 'alerts.change'
  | 'alerts.test';

/** The methods of the Settings view. */
export function createSettingHandlers(
  { desk, timers, startAtLogin, telemetry, updates, alerts }: Services,
  host: HostPorts,
): Pick<Handlers, SettingMethod> {
  const list = (): Settings => ({
    settings: desk.list(),
    installation: INSTALLATION,
    can_restart: host.restart !== null,
  });
  const withTray = async (start: LoginStart): Promise<Startup> => ({
    ...start,
    tray: host.hasTray ? await host.hasTray() : null,
  });
  return {
    'startup.get': () => withTray(startAtLogin.get()),
    'startup.set': ({ enabled }) => withTray(startAtLogin.set(enabled)),
    'desktop.language': async ({ choice }) => {
      await host.speak?.(choice);
      return {};
    },
    'telemetry.get': () => telemetry.get(),
    'telemetry.set_otlp': (change) => telemetry.setOtlp(change),
    'telemetry.set_metrics': ({ enabled }) => telemetry.setMetrics(enabled),
    'telemetry.test': () => telemetry.test(),
    'updates.get': () => updates.get(),
    'updates.set': ({ enabled, address }) => updates.set(enabled, address),
    'updates.check': () => updates.check(),
    'alerts.list': () => ({ alerts: alerts.list() }),
    'alerts.settings': () => alerts.settings(),
    'alerts.change': (change) => alerts.change(change),
    'alerts.test': () => testWays(host),
    'settings.list': list,
    'settings.change': ({ changes }) => {
      desk.change(changes);
      return list();
    },
    'settings.check_port': ({ port }) => checkPort(port, host.ownPort()),
    'app.restart': () => {
      const { restart } = host;
      if (restart === null) {
        throw new HoldfastError('invalid_input', `${said('said.setting.restart')} ${advice().start}`);
      }
      timers.after(ANSWERED, restart);
      return {};
    },
  };
}

async function testWays({ testNotification, testWebhook }: HostPorts): Promise<AlertTest> {
  const [isShown, problem] = await Promise.all([testNotification?.(), testWebhook?.()]);
  return {
    notification: isShown === undefined ? 'no_window' : isShown ? 'shown' : 'not_shown',
    webhook: problem === undefined ? null : { problem },
  };
}
