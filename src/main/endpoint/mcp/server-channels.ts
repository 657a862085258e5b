import { serverIn } from '../../../shared/model/mcp-address';
import type { OpenServerChannel } from '../../mcp/server-channel';
import type { Services } from '../../services';
import type { KnownLists } from './aggregate/lists/known-lists';
import { LearnLists } from './aggregate/lists/learn-lists';
import { openSessions } from './aggregate/open-sessions';
import { Lazy } from './lazy';
import { OneServerChannel } from './one-server-channel';
import { SearchChannel } from './search/search-channel';
import { ToolIndexes } from './search/tool-indexes';
import { ClientTasks } from './tasks/client-tasks';
import { MadeTasksChannel } from './tasks/made-tasks-channel';
import { ToldLists } from './told-lists';
import { Sight } from './visibility/sight';
import { VisibleChannel } from './visibility/visible-channel';

/**
 * Opens the channels of sessions: to the one server that the address names, or to all of them together with Holdfast's
 * own tools. Modules are loaded when first needed; the SDK alone takes a tenth of a second.
 */
export function openServerChannels(services: Services, known: KnownLists): OpenServerChannel {
  const { servers: source } = services;
  const learn = new LearnLists({ services, source, known });
  const indexes = new ToolIndexes();
  const ofOne = { services, source, known, told: new ToldLists() };
  const fromBefore = new Set(openSessions(services).map(({ session_id }) => session_id));
  const own = new Lazy(async () => (await import('./own-tools/own-tools')).ownTools(services));
  const connectOwn = async () => (await own.get())();
  const aggregate = new Lazy(async () => {
    const { connectAggregate } = await import('./aggregate/aggregate-channel');
    return connectAggregate({ services, source, connectOwn, known, learn });
  });
  return async (sessionKey, address, clientId) => {
    const sight = new Sight(services, clientId, address);
    const tasks = new ClientTasks(services, clientId, sessionKey);
    const server = serverIn(address);
    const channel =
      server === null
        ? new MadeTasksChannel((await aggregate.get())(sessionKey, sight, tasks), services, clientId)
        : tasks.own(
            server,
            await OneServerChannel.open({
              ...ofOne,
              server,
              sessionKey,
              sight,
              isContinued: fromBefore.has(sessionKey),
            }),
          );
    const visible = new VisibleChannel(channel, sight);
    return address === null
      ? new SearchChannel(visible, { services, known, learn, sight, indexes, sessionKey })
      : visible;
  };
}
