import type { ServerChannel } from '../../../mcp/server-channel';
import { clientName, serverName } from '../aggregate/names';
import { OwnTasks, type TaskServices } from './own-tasks';
import { OwnTasksChannel } from './own-tasks-channel';

/** The tasks of one client, of all servers. */
export class ClientTasks {
  private readonly services: TaskServices;
  private readonly clientId: string;

  private readonly sessionKey: string;

  constructor(services: TaskServices, clientId: string, sessionKey: string) {
    this.services = services;
    this.clientId = clientId;
    this.sessionKey = sessionKey;
  }

  /** The id at the address of several servers by which a task is known now: its server may have been renamed since. */
  present(taskId: string): string {
    const { tasks } = this.services.store;
    const named = serverName(taskId);
    if (!named || tasks.isGiven(named.server, named.name, this.clientId)) return taskId;
    const server = tasks.renamedFrom(named.server, named.name, this.clientId);
    return server === null ? taskId : clientName(server, named.name);
  }

  /** The channel to a server as the client may use it: see {@link OwnTasksChannel}. */
  own(server: string, channel: ServerChannel): ServerChannel {
    return new OwnTasksChannel(channel, new OwnTasks(this.services, server, this.clientId, this.sessionKey));
  }

  /** Names of the servers that gave the client a task. */
  servers(): readonly string[] {
    return this.services.store.tasks.serversOf(this.clientId);
  }
}
