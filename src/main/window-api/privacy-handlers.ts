import type { Deletion } from '../../shared/contract/privacy';
import { DAY, type Ms } from '../../shared/model/units';
import type { Services } from '../services';
import type { Handlers } from './router';

type PrivacyMethod = 'privacy.kept' | 'privacy.preview' | 'privacy.delete';

/** The methods of what is kept. */
export function createPrivacyHandlers({ store, activity, clock, log }: Services): Pick<Handlers, PrivacyMethod> {
  const beforeOf = (deletion: Deletion): Ms => clock.now() - (deletion.what === 'older' ? deletion.days * DAY : 0);
  return {
    'privacy.kept': () => store.keptSizes.measure(),
    'privacy.preview': (deletion) => {
      // What still waits to be written belongs to it.
      activity.flush();
      return store.keptSizes.count(deletion.what, beforeOf(deletion));
    },
    'privacy.delete': async (deletion) => {
      activity.flush();
      const counts = await store.deletion.run(deletion.what, clock.now(), beforeOf(deletion));
      log.info({ ...deletion, ...counts }, 'data was deleted on request');
      return counts;
    },
  };
}
