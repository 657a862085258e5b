import { Notification } from 'electron';
import type { Say } from '../../shared/messages/language';
import { type Ms, SECOND } from '../../shared/model/units';
import type { Timers } from '../platform/ports';

/** A notification service that says nothing in this time has shown nothing. */
const LIMIT: Ms = 3 * SECOND;

/** Shows a notification that says it is a test. Resolves with whether the system says that it showed it; never rejects. */
export function testNotification(timers: Timers, say: Say): Promise<boolean> {
  if (!Notification.isSupported()) return Promise.resolve(false);
  return new Promise((resolve) => {
    const notification = new Notification({
      title: 'Holdfast',
      body: say('desktop.told.test'),
      silent: true,
    });
    // What nothing refers to is collected, so the timer holds it.
    const cancel = timers.after(LIMIT, () => {
      notification.removeAllListeners();
      resolve(false);
    });
    const end = (isShown: boolean) => {
      cancel();
      resolve(isShown);
    };
    notification.once('show', () => end(true));
    notification.once('failed', () => end(false));
    notification.show();
  });
}
