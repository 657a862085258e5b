import type { OpenActivity } from '../../src/main/activity/activity-log';
import { readSettings } from '../../src/main/settings';
import { startSupervisor } from '../../src/main/supervisor';
import { VERSION } from '../../src/main/version';
import type { Client } from '../../src/shared/contract/client';
import { serveCommands } from './parts/commands';

/** The whole supervisor as the product composes it, except for the limits: a bench asks more often than a client may. */
const [folder = ''] = process.argv.slice(2);
const UNLIMITED = Number.MAX_SAFE_INTEGER;
const supervisor = await startSupervisor({
  settings: readSettings({ HOLDFAST_DATA_DIR: folder, HOLDFAST_PORT: '0', HOLDFAST_TRUST_SERVERS: '1' }),
  version: VERSION,
  uiFolder: folder,
  limits: {
    reconnectsPerSession: UNLIMITED,
    reconnectsPerPrincipal: UNLIMITED,
    requests: UNLIMITED,
    badKeys: UNLIMITED,
  },
});
const { manager, clients } = supervisor.services;
/** One session that {@link toggle} can drop and bring back. */
let toggled: { client: Client; transport: string; session: string; attached: boolean } | null = null;

function makeToggled() {
  const { client_id } = clients.create({ name: 'bench', type: 'other', policy: 'sessionful' });
  const client = clients.get(client_id);
  const { transport_id } = manager.openTransport({
    client,
    server: null,
    era: 'sessionful',
    client_name: 'bench',
    client_version: '1.0.0',
    protocol_version: '2025-11-25',
    initialize_params: {},
  });
  const { session_id } = manager.enter(transport_id, true, client).session;
  return { client, transport: transport_id, session: session_id, attached: true };
}

/** Causes one event with everything that belongs to it: decided, on the disk, published. The first one makes the session. */
function toggle(): void {
  if (!toggled) {
    toggled = makeToggled();
    return;
  }
  const { client, transport, session, attached } = toggled;
  if (attached) manager.disconnect(session, { kind: 'admin' });
  else manager.enter(transport, true, client);
  toggled.attached = !attached;
}

const { activity } = supervisor.services;
const begin = activity.begin.bind(activity);
const NOTHING: OpenActivity = { sentAs: () => {}, answering: () => {}, end: () => {} };

/** Leaves out that requests are recorded, which the product has no switch for. */
function record(isOn: boolean): void {
  activity.begin = isOn ? begin : () => NOTHING;
}

serveCommands({
  activity: record,
  address: () => ({ url: supervisor.url, key: supervisor.adminKey }),
  emit: toggle,
});
