import { Notification } from 'electron';
import type { Alert } from '../../shared/contract/alert';
import type { Say } from '../../shared/messages/language';
import { alertSentence } from '../../shared/model/alert-sentence';
import type { Told } from '../alerts/alert-book';
import type { Services } from '../services';

/** As many are shown one by one; more that come together are one notification. */
const MOST_SINGLE = 2;
/** Lines of such a notification. More are not read. */
const MOST_LINES = 4;
/** Notifications that are held on to, so that a click and the end of their alert find them. */
const MOST_SHOWN = 100;

export interface NotificationsOptions {
  readonly alerts: Services['alerts'];
  readonly log: Services['log'];
  /** In which language. */
  readonly say: Say;
  /** Opens the window at the hash of a view. */
  readonly open: (hash: string) => void;
}

interface Shown {
  readonly notification: Notification;
  readonly open: Set<string>;
}

/**
 * Shows alerts as notifications of the system, which follow its do-not-disturb, until the returned function is called. A click
 * opens the place in the window, and a notification goes away when all that it tells of is over. Where the system shows none,
 * nothing fails.
 */
export function showNotifications({ alerts, log, say, open }: NotificationsOptions): () => void {
  // What nothing refers to is collected, and then a click does nothing.
  const shown = new Set<Shown>();
  const show = (title: string, body: string, hash: string, ids: readonly string[]) => {
    const notification = new Notification({ title, body, silent: true });
    const one: Shown = { notification, open: new Set(ids) };
    shown.add(one);
    for (const oldest of shown) {
      if (shown.size <= MOST_SHOWN) break;
      shown.delete(oldest);
    }
    notification.once('click', () => {
      // The system takes it away, and there is nothing left to close.
      shown.delete(one);
      open(hash);
    });
    // Without a notification service this is told here, although notifications are said to be supported.
    notification.once('failed', (_event, reason) => {
      shown.delete(one);
      log.info({ ...(reason && { reason }) }, 'the system shows no notifications');
    });
    notification.show();
  };
  const take = ({ opened, closed }: Told) => {
    for (const one of shown) {
      const wasOpen = one.open.size;
      for (const { id } of closed) one.open.delete(id);
      if (one.open.size > 0 || wasOpen === 0) continue;
      shown.delete(one);
      one.notification.close();
    }
    if (opened.length === 0 || !Notification.isSupported()) return;
    if (opened.length <= MOST_SINGLE) {
      for (const alert of opened) show('Holdfast', alertSentence(alert, say), placeOf(alert), [alert.id]);
      return;
    }
    const lines = opened.slice(0, MOST_LINES).map((alert) => alertSentence(alert, say));
    if (opened.length > MOST_LINES) lines.push(say('desktop.told.more', { count: opened.length - MOST_LINES }));
    const ids = opened.map(({ id }) => id);
    show(say('desktop.told.many', { count: opened.length }), lines.join('\n'), '#/overview', ids);
  };
  const stop = alerts.onTold(take);
  return () => {
    stop();
    shown.clear();
  };
}

function placeOf({ about }: Alert): string {
  if (about === null) return '#/overview';
  return 'session' in about
    ? `#/sessions/${encodeURIComponent(about.session)}`
    : `#/servers/${encodeURIComponent(about.server)}`;
}
