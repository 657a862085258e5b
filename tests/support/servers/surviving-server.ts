import { isNotification, isObject, isRequest, isResponse, type JsonRpcMessage } from '#src/main/mcp/json-rpc';
import type { OpenCall, OpenServerChannel, ServerChannel } from '#src/main/mcp/server-channel';

interface Process {
  /** Ids of the calls that it works on. */
  readonly running: Map<string | number, string>;
  /** What it said while nobody listened. */
  readonly held: JsonRpcMessage[];
  readonly got: JsonRpcMessage[];
  channel: ServerChannel | null;
  count: number;
}

/**
 * A server whose processes outlive the Holdfast that started them, one for each session. `counter` counts in its process,
 * every other tool waits until the test lets it answer.
 */
export class SurvivingServer {
  /** Keys of sessions for which a process was started, in order. */
  readonly started: string[] = [];
  /** From now on no process answers to its old session, as after its death. */
  isDead = false;
  /** No channel can be made. */
  isUnreachable = false;
  private readonly processes = new Map<string, Process>();
  private arrivals: (() => void)[] = [];

  readonly connect: OpenServerChannel = async (sessionKey) => {
    if (this.isUnreachable) throw new Error('no such program');
    return this.channelOf(sessionKey);
  };

  /** Resolves once a call with this tool name runs. */
  async arrived(tool: string): Promise<void> {
    while (!this.runs(tool)) await new Promise<void>((resolve) => this.arrivals.push(resolve));
  }

  /** Lets every running call of this tool answer. */
  answer(tool: string, text: string): void {
    for (const process of this.processes.values()) {
      for (const [id, name] of process.running) {
        if (name !== tool) continue;
        process.running.delete(id);
        this.say(process, { jsonrpc: '2.0', id, result: { content: [{ type: 'text', text }] } });
      }
    }
  }

  /** What the process that runs this tool says, as made from the id of the call. */
  while(tool: string, message: (id: string | number) => JsonRpcMessage): void {
    for (const process of this.processes.values()) {
      for (const [id, name] of process.running) if (name === tool) this.say(process, message(id));
    }
  }

  /** All channels lose their process. */
  crash(): void {
    const channels = [...this.processes.values()].map(({ channel }) => channel);
    this.processes.clear();
    for (const channel of channels) channel?.onclose();
  }

  /** The Holdfast that listened is gone. */
  detach(): void {
    for (const process of this.processes.values()) process.channel = null;
  }

  /** Everything that the processes were sent, in order. */
  get got(): JsonRpcMessage[] {
    return [...this.processes.values()].flatMap(({ got }) => got);
  }

  private runs(tool: string): boolean {
    return [...this.processes.values()].some(({ running }) => [...running.values()].includes(tool));
  }

  private channelOf(sessionKey: string): ServerChannel {
    let process = this.isDead ? undefined : this.processes.get(sessionKey);
    const use = () => {
      process ??= this.start(sessionKey, channel);
      process.channel = channel;
      return process;
    };
    const channel: ServerChannel = {
      idleAfter: null,
      onmessage: () => {},
      onclose: () => {},
      initialize: async () => {
        use();
        return {
          protocolVersion: '2025-11-25',
          capabilities: { tools: {} },
          serverInfo: { name: 's', version: '1' },
        };
      },
      send: (message) => this.receive(use(), message),
      resume: (calls) => {
        if (!process) return calls.map(({ id }) => id);
        return this.resume(process, channel, calls);
      },
      close: async () => {},
    };
    return channel;
  }

  private start(sessionKey: string, channel: ServerChannel): Process {
    const process: Process = { running: new Map(), held: [], got: [], channel, count: 0 };
    this.processes.set(sessionKey, process);
    this.started.push(sessionKey);
    return process;
  }

  private resume(process: Process, channel: ServerChannel, calls: readonly OpenCall[]): (string | number)[] {
    process.channel = channel;
    const held = process.held.splice(0);
    const answered = new Set(held.filter(isResponse).map(({ id }) => id));
    for (const message of held) this.say(process, message);
    return calls.map(({ id }) => id).filter((id) => !process.running.has(id) && !answered.has(id));
  }

  private receive(process: Process, message: JsonRpcMessage): void {
    process.got.push(message);
    if (isNotification(message) && message.method === 'notifications/cancelled') {
      process.running.delete(message.params?.requestId as string);
    }
    if (!isRequest(message)) return;
    const { id, method, params } = message;
    const reply = (result: object) => this.say(process, { jsonrpc: '2.0', id, result });
    if (method !== 'tools/call') reply({ tools: [] });
    else if (params?.name === 'counter') {
      process.count += 1;
      reply({ content: [{ type: 'text', text: String(process.count) }] });
    } else {
      process.running.set(id, String(params?.name));
      for (const arrival of this.arrivals.splice(0)) arrival();
    }
  }

  private say(process: Process, message: JsonRpcMessage): void {
    if (!process.channel) process.held.push(message);
    else process.channel.onmessage(message, isObject(message) && isRequest(message) ? this.onlyCall(process) : null);
  }

  /** The call that a question belongs to, when only one runs. */
  private onlyCall(process: Process): string | number | null {
    const [id, ...others] = process.running.keys();
    return others.length === 0 ? (id ?? null) : null;
  }
}
