import { Notification } from 'electron';
import type { Say } from '../../shared/messages/language';
import type { Services } from '../services';
import { hasTray } from './has-tray';
import type { KeptValues } from './kept-values';

/** Name of the setting that says that the user has been told. */
const TOLD = 'told_that_it_stays';

export interface ClosingNoticeOptions {
  readonly kept: KeptValues;
  readonly log: Services['log'];
  readonly say: Say;
  /** Opens the window: what a click on the notification does. */
  readonly open: () => void;
}

/**
 * Returns what tells the user, when the window was closed, that Holdfast goes on. A user is told once: a notification that could
 * not be shown is tried again the next time, and changes nothing else.
 */
export function closingNotice({ kept, log, say, open }: ClosingNoticeOptions): () => void {
  // What nothing refers to is collected, and then a click does nothing.
  let shown: Notification | null = null;
  const remember = () => {
    try {
      kept.set(TOLD, true);
    } catch (error) {
      log.warn({ err: error }, 'it could not be saved that the user was told that Holdfast goes on');
    }
  };
  const show = (hasIcon: boolean) => {
    if (shown !== null) return;
    const notification = new Notification({
      title: say('desktop.closing.title'),
      // By the command also where nobody knows whether there is a tray: those ways are always there.
      body: say(hasIcon ? 'desktop.closing.tray' : 'desktop.closing.command'),
      silent: true,
    });
    shown = notification;
    notification.once('show', remember);
    notification.once('click', open);
    notification.once('failed', (_event, reason) => {
      shown = null;
      log.info({ ...(reason && { reason }) }, 'the system shows no notifications');
    });
    notification.show();
  };
  return () => {
    if (shown !== null || kept.get(TOLD) !== null || !Notification.isSupported()) return;
    void hasTray().then((answer) => show(answer === true));
  };
}
