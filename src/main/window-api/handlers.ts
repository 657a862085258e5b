import { SelfDiagnosis } from '../diagnostics/self-diagnosis';
import type { Services } from '../services';
import type { Principal } from '../sessions/reconnect/reconnection';
import type { ServerAdmin } from '../upstream/config/server-admin';
import { createActivityHandlers } from './activity-handlers';
import { createAgainHandlers } from './again-handlers';
import { createBundleHandlers } from './bundle-handlers';
import { createCallHandlers } from './call-handlers';
import { createConnectHandlers } from './connect-handlers';
import { createContentsHandlers } from './contents-handlers';
import { createPrivacyHandlers } from './privacy-handlers';
import type { Handlers } from './router';
import { createSettingHandlers, type HostPorts } from './setting-handlers';
import { createVisibilityHandlers } from './visibility-handlers';

/** Only the user at this desktop gets this far: from the window over IPC, or from a browser that signed in. */
const ADMIN: Principal = { kind: 'admin' };

/** Implements the window's contract. */
export function createHandlers(services: Services, serverAdmin: ServerAdmin, host: HostPorts): Handlers {
  const { store, manager, clients, clock } = services;
  const diagnosis = new SelfDiagnosis({
    info: services.info,
    servers: () => serverAdmin.list(),
    now: () => clock.now(),
    withoutKnown: (text) => serverAdmin.secretsRemover()(text),
  });
  return {
    'app.info': () => services.info(),
    'sessions.list': (query) => store.sessions.page(query),
    'sessions.get': ({ session_id }) => manager.get(session_id, ADMIN),
    'sessions.health': () => store.sessions.health(clock.now()),
    'sessions.timeline': (query) => store.events.timeline(query),
    'sessions.issue_token': ({ session_id }) => manager.issueReconnectToken(session_id, ADMIN, 'window'),
    'sessions.disconnect': ({ session_id }) => manager.disconnect(session_id, ADMIN),
    'sessions.close': ({ session_id }) => manager.close(session_id, ADMIN, 'user'),
    'sessions.names': () => ({ names: store.sessionNames.list() }),
    'sessions.set_name': ({ session_id, name }) => ({ names: store.sessionNames.set(session_id, name) }),
    'sessions.set_pinned': ({ session_id, pinned }) => manager.setPinned(session_id, ADMIN, pinned, 'window'),
    'sessions.offer': ({ session_id, client_id, invited, share }) =>
      manager.offerSession(session_id, clients.get(client_id), invited, 'window', share),
    'sessions.withdraw_offer': ({ session_id }) => manager.withdrawOffer(session_id),
    'sessions.set_asked': ({ session_id, asks }) => manager.setAsked(session_id, asks, 'window'),
    'sessions.stop_sharing': ({ session_id }) => manager.stopSharing(session_id),
    'history.query': (query) => store.history.query(query, clock.now()),
    'history.events': ({ from, to, kinds, limit, before, gaps }) => ({
      ...store.events.between(from, to, kinds, limit, before),
      gaps: gaps ? store.events.gapTotals(from, to) : null,
    }),
    'clients.list': () => ({ clients: clients.list(), unknown_key_at: services.unknownKeys.lastAt() }),
    'clients.create': (input) => clients.create(input),
    'clients.set_policy': ({ client_id, policy }) => clients.setPolicy(client_id, policy),
    'clients.set_new_process': ({ client_id, new_process }) => clients.setNewProcess(client_id, new_process),
    'clients.set_may_take_over': ({ client_id, may_take_over }) => clients.setMayTakeOver(client_id, may_take_over),
    'clients.renew_key': ({ client_id }) => clients.renewKey(client_id),
    'clients.end_old_key': ({ client_id }) => clients.endOldKey(client_id),
    'clients.remove': ({ client_id }) => {
      clients.get(client_id);
      // Sessions first: if the second step fails, the client is still there and can be removed again.
      manager.closeAllOf(client_id);
      clients.remove(client_id);
      return {};
    },
    'demo.get': () => services.demo.get(),
    'demo.start': () => services.demo.start(),
    'first_run.get': () => ({ open: services.firstRun.isOpen() }),
    'first_run.end': () => {
      services.firstRun.end();
      return {};
    },
    ...createSettingHandlers(services, host),
    ...createPrivacyHandlers(services),
    ...createConnectHandlers(services, serverAdmin),
    ...createContentsHandlers(services, serverAdmin),
    ...createAgainHandlers(host.callsByHand),
    ...createCallHandlers(services),
    ...createVisibilityHandlers(services),
    ...createBundleHandlers(services, serverAdmin, diagnosis),
    ...createActivityHandlers(services),
    'servers.list': () => serverAdmin.list(),
    // Whoever typed a command into the window has seen it, so saving confirms it.
    'servers.save': ({ server, replaces }) => serverAdmin.save(server, { replaces, confirmed: true }),
    'servers.set_enabled': ({ name, enabled }) => serverAdmin.setEnabled(name, enabled),
    'servers.trust': ({ name, fingerprint }) => serverAdmin.trust(name, fingerprint),
    'servers.remove': ({ name, log_out }) => serverAdmin.remove(name, { logOut: log_out ?? false }),
    'servers.undo_remove': ({ undo_id }) => serverAdmin.undoRemove(undo_id),
    'servers.test': ({ name }) => serverAdmin.test(name),
    'servers.log_in': ({ name }) => serverAdmin.logIn(name),
    'servers.cancel_login': ({ name }) => serverAdmin.cancelLogin(name),
    'servers.log_out': ({ name }) => serverAdmin.logOut(name),
    'servers.retry': ({ name }) => serverAdmin.retry(name),
    'servers.restart': ({ name }) => serverAdmin.restart(name),
    'servers.stop': ({ name, instance_id }) => serverAdmin.stop(name, instance_id),
    'servers.changes': ({ name }) => serverAdmin.changes(name),
    'servers.look_at_changes': ({ name }) => serverAdmin.lookAtChanges(name),
    'servers.accept_changes': ({ name, tool }) => serverAdmin.acceptChanges(name, tool),
    'servers.tools': ({ name }) => serverAdmin.tools(name),
    'servers.stderr': ({ name }) => serverAdmin.stderr(name),
    'servers.import_preview': () => serverAdmin.importPreview(),
    'diagnostics.get': () => diagnosis.facts(),
    'diagnostics.log': (query) => diagnosis.log(query),
    'diagnostics.text': async () => ({ text: await diagnosis.text() }),
    'doctor.start': () => diagnosis.startDoctor(),
    'doctor.report': () => diagnosis.doctorReport(),
    'servers.import': ({ ids }) => serverAdmin.importEntries(ids),
  };
}
