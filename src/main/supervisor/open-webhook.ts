import { type KnownSecrets, partsOfAddress } from '../activity/contents/known-secrets';
import type { Alerts } from '../alerts/alerts';
import { Webhook } from '../alerts/webhook';
import type { Foundation } from './foundation';

/** Opens what posts alerts to an address, which is a secret itself. */
export function openWebhook({ network, timers, log, undo }: Foundation, known: KnownSecrets, alerts: Alerts): Webhook {
  known.also(() => partsOfAddress(alerts.webhook));
  const address = () => {
    // What is used once is known from then on.
    known.look();
    return alerts.webhook;
  };
  const webhook = new Webhook({ network, timers, log, address });
  undo.push(() => webhook.close());
  alerts.onTold((told) => webhook.post(told));
  return webhook;
}
