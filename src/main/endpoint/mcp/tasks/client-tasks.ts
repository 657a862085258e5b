import type { ServerChannel } from '../../../mcp/server-channel';
import { OwnTasks, type TaskServices } from './own-tasks';
import { OwnTasksChannel } from './own-tasks-channel';

/** The tasks of one client, of all servers. */
export class ClientTasks {
  private readonly services: TaskServices;
  private readonly clientId: string;

  constructor(services: TaskServices, clientId: string) {
    this.services = services;
    this.clientId = clientId;
  }

  /** The channel to a server as the client may use it: see {@link OwnTasksChannel}. */
  own(server: string, channel: ServerChannel): ServerChannel {
    return new OwnTasksChannel(channel, new OwnTasks(this.services, server, this.clientId));
  }

  /** Names of the servers that gave the client a task. */
  servers(): readonly string[] {
    return this.services.store.tasks.serversOf(this.clientId);
  }
}
