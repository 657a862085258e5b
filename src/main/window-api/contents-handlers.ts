import { HoldfastError } from '../../shared/errors';
import type { Services } from '../services';
import type { ServerAdmin } from '../upstream/config/server-admin';
import type { Handlers } from './router';

type ContentsMethod = 'activity.get' | 'activity.contents' | 'activity.recording' | 'activity.set_recording';

/** The methods of what was in messages, and of whether that is recorded. */
export function createContentsHandlers(
  { store, activity, recording, log }: Services,
  serverAdmin: ServerAdmin,
): Pick<Handlers, ContentsMethod> {
  // What is switched on looks for its servers first, and must not overtake what is switched off after it.
  let last: Promise<unknown> = Promise.resolve();
  return {
    'activity.get': ({ activity_id }) => {
      activity.flush();
      const found = store.activity.withContents(activity_id);
      if (!found) throw new HoldfastError('activity_not_found');
      return found;
    },
    'activity.contents': ({ activity_ids }) => ({
      contents: activity_ids.flatMap((activity_id) => {
        const found = store.activity.contentsOf(activity_id);
        if (!found) return [];
        const { params, result, error } = found;
        return [{ activity_id, request: params?.json ?? null, response: (result ?? error)?.json ?? null }];
      }),
    }),
    'activity.recording': () => recording.state(),
    'activity.set_recording': (change) => {
      const done = last.then(async () => {
        const on = Object.entries(change.servers ?? {}).flatMap(([name, isOn]) => (isOn ? [name] : []));
        if (on.length > 0) {
          const { servers } = await serverAdmin.list();
          if (on.some((name) => !servers.some((server) => server.name === name))) {
            throw new HoldfastError('server_not_found');
          }
        }
        const state = recording.change(change);
        log.info({ ...change }, 'the recording of contents was changed');
        return state;
      });
      last = done.catch(() => {});
      return done;
    },
  };
}
