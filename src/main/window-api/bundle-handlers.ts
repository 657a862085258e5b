import { homedir } from 'node:os';
import { Bundles } from '../diagnostics/bundle/bundles';
import { textCleaner } from '../diagnostics/bundle/clean';
import type { SelfDiagnosis } from '../diagnostics/self-diagnosis';
import type { Services } from '../services';
import type { Principal } from '../sessions/reconnect/reconnection';
import type { ServerAdmin } from '../upstream/config/server-admin';
import type { Handlers } from './router';

const ADMIN: Principal = { kind: 'admin' };
const NO_FILTER = { failed: false, limit: 200 };

type BundleMethod = 'bundle.prepare' | 'bundle.file' | 'bundle.read';

/** The methods of diagnosis bundles. */
export function createBundleHandlers(
  { store, manager, activity, clock, timers, random, desk, info }: Services,
  serverAdmin: ServerAdmin,
  diagnosis: SelfDiagnosis,
): Pick<Handlers, BundleMethod> {
  const bundles = new Bundles({
    timers,
    random,
    sources: () => ({
      version: info().version,
      now: () => clock.now(),
      diagnosis: () => diagnosis.text(),
      doctor: () => diagnosis.doctorReport(),
      log: (limit) => diagnosis.log({ level: 'debug', text: '', limit }),
      settings: () => desk.list(),
      servers: () => serverAdmin.list(),
      session: (sessionId) => manager.get(sessionId, ADMIN),
      sessions: (limit) =>
        store.sessions.page({ include_probes: true, sort: 'last_activity', order: 'desc', limit, offset: 0 }).sessions,
      timeline: (session_id, before_seq, limit) =>
        store.events.timeline({ session_id, limit, ...(before_seq !== undefined && { before_seq }) }),
      events: (from, to, before, limit) => store.events.between(from, to, undefined, limit, before),
      activity(query) {
        activity.flush();
        return store.activity.page({ ...NO_FILTER, ...query });
      },
      clean: textCleaner(serverAdmin.secretsRemover(), homedir()),
    }),
  });
  return {
    async 'bundle.prepare'({ doctor, ...scope }) {
      if (doctor) await diagnosis.runDoctor();
      return bundles.prepare(scope);
    },
    'bundle.file': ({ bundle_id, name }) => ({ text: bundles.text(bundle_id, name) }),
    'bundle.read': ({ bundle_id }) => ({ zip: bundles.zip(bundle_id).toString('base64') }),
  };
}
