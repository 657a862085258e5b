import type { ContentsRecording } from '../activity/recording';
import type { ClientRegistry } from '../sessions/clients';
import type { ToolUse } from '../tool-sets/tool-use';
import type { ToolVisibility } from '../tool-sets/tool-visibility';
import { ConfiguredServerAdmin } from '../upstream/config/configured-server-admin';
import type { Logins } from '../upstream/login/logins';
import type { Servers } from '../upstream/servers';
import type { Foundation } from './foundation';
import type { OpenedConfiguration } from './open-configuration';

export interface ServerAdminParts {
  readonly servers: Servers;
  readonly logins: Logins;
  readonly clients: ClientRegistry;
  readonly visibility: ToolVisibility;
  readonly toolUse: ToolUse;
  readonly recording: ContentsRecording;
}

/** Opens the administration of servers, and what else follows when one is renamed or taken over from another program. */
export function openServerAdmin(
  { store, timers, random, environment, home }: Foundation,
  { configured, watched, known, isOwn }: OpenedConfiguration,
  { servers, logins, clients, visibility, toolUse, recording }: ServerAdminParts,
): ConfiguredServerAdmin {
  return new ConfiguredServerAdmin({
    configured,
    timers,
    random,
    runtime: servers,
    logins,
    secrets: watched,
    known,
    lists: store.serverLists,
    tools: servers.tools,
    places: { home, platform: process.platform, environment, isOwn },
    onRename: (from, to) => {
      const prepared = [visibility.renameServer(from, to), recording.rename(from, to)];
      return {
        undo: () => {
          for (const { undo } of prepared) undo();
        },
        done: () => {
          for (const { done } of prepared) done();
          toolUse.rename(from, to);
          store.foundTools.rename(from, to);
          store.tasks.rename(from, to);
        },
      };
    },
    onLimits: (taken) => {
      const known = clients.list();
      const of = (source: string) => known.flatMap(({ type, client_id }) => (type === source ? [client_id] : []));
      return visibility.takeLimits(taken.map(({ source, ...rest }) => ({ ...rest, clients: of(source) })));
    },
  });
}
