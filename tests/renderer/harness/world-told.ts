import type { Alert } from '#src/shared/contract/alert';
import type { Input, Output } from '#src/shared/contract/index';
import { said } from '#src/shared/messages/said';

/** What the user is told of: alerts, newer versions, and what is said of the start at login. */
export class WorldTold {
  alerts: Alert[] = [];
  settings: Output<'alerts.settings'> = { off: [], quiet_hours: null, paused_until: null, webhook_host: null };
  startup: Output<'startup.get'> = { enabled: false, possible: true, note: null, tray: true };
  updates: Output<'updates.get'> = {
    enabled: false,
    address: null,
    possible: true,
    note: null,
    current: '0.1.0',
    checked: null,
    how: said('said.update.source'),
    newer: null,
  };
  telemetry: Output<'telemetry.get'> = {
    otlp: { enabled: false, address: null, headers: [], sent: null, problem: null },
    metrics: { enabled: false, url: 'http://127.0.0.1:8181/metrics', key_made_at: null },
  };
  /** Why the receiver of telemetry does not take a test. */
  receiverProblem: string | null = null;
  /** What a test comes to. */
  tested: Output<'alerts.test'> = { notification: 'shown', webhook: null };
  /** What a check answers with. */
  found: Partial<Output<'updates.get'>> = {};

  handlers() {
    return {
      'alerts.list': (): Output<'alerts.list'> => ({ alerts: this.alerts }),
      'alerts.settings': () => this.settings,
      'alerts.change': ({ webhook, ...others }: Input<'alerts.change'>) => {
        const given = Object.fromEntries(Object.entries(others).filter(([, value]) => value !== undefined));
        this.settings = { ...this.settings, ...given };
        if (webhook !== undefined) this.settings.webhook_host = webhook === null ? null : new URL(webhook).host;
        return this.settings;
      },
      'alerts.test': () => this.tested,
      'startup.get': () => this.startup,
      'desktop.language': () => ({}),
      'startup.set': ({ enabled }: Input<'startup.set'>) => {
        this.startup = { ...this.startup, enabled };
        return this.startup;
      },
      'telemetry.get': () => this.telemetry,
      'telemetry.set_otlp': ({ enabled, address }: Input<'telemetry.set_otlp'>) => {
        const otlp = { ...this.telemetry.otlp, enabled, ...(address !== undefined && { address }) };
        this.telemetry = { ...this.telemetry, otlp };
        return this.telemetry;
      },
      'telemetry.test': () => ({ problem: this.receiverProblem }),
      'telemetry.set_metrics': ({ enabled }: Input<'telemetry.set_metrics'>) => {
        this.telemetry = { ...this.telemetry, metrics: { ...this.telemetry.metrics, enabled } };
        return { ...this.telemetry, key: enabled ? 'hfm_made-by-the-test' : null };
      },
      'updates.get': () => this.updates,
      'updates.set': ({ enabled, address }: Input<'updates.set'>) => {
        this.updates = { ...this.updates, enabled, ...(address !== undefined && { address }) };
        return this.updates;
      },
      'updates.check': () => {
        this.updates = { ...this.updates, ...this.found };
        return this.updates;
      },
    };
  }
}
