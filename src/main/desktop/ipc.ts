import { ipcMain, MessageChannelMain, type WebContents, type WebFrameMain } from 'electron';
import { CHANNELS } from '../../shared/contract/channels';
import type { Envelope } from '../../shared/contract/method';
import { SNAPSHOT_SESSIONS, type StreamReply } from '../../shared/contract/stream';
import { HoldfastError, toErrorJson } from '../../shared/errors';
import type { Services } from '../services';
import { EventStream, type StreamDeps } from '../window-api/event-stream';
import { type Handlers, invokeMethod } from '../window-api/router';
import { originOf } from './origin';

const MAX_INPUT = 64 * 1024;

export interface IpcDeps {
  readonly services: Services;
  readonly handlers: Handlers;
}

/** Serves the window's page; answers only the top frame of the expected origin. */
export function serveIpc({ services, handlers }: IpcDeps, origin: string): void {
  const isOurs = (frame: WebFrameMain | null, sender: WebContents) =>
    frame !== null && frame === sender.mainFrame && originOf(frame.url) === origin;

  ipcMain.handle(CHANNELS.invoke, async (event, method: unknown, input: unknown): Promise<Envelope> => {
    if (!isOurs(event.senderFrame, event.sender)) return refused('forbidden_origin');
    if (typeof method !== 'string') return refused('invalid_input');
    if (JSON.stringify(input ?? null).length > MAX_INPUT) return refused('payload_too_large');
    return invokeMethod(handlers, method, input, (error) =>
      services.log.error({ err: error, method }, 'a handler failed'),
    );
  });

  const streams = new Map<number, () => void>();
  ipcMain.on(CHANNELS.openStream, (event) => {
    const { sender, senderFrame } = event;
    if (!isOurs(senderFrame, sender)) return;
    streams.get(sender.id)?.();
    const { port1, port2 } = new MessageChannelMain();
    const stream = new EventStream({ ...streamPorts(services), post: (message) => port1.postMessage(message) });
    const close = () => {
      stream.close();
      port1.close();
      if (streams.get(sender.id) === close) streams.delete(sender.id);
    };
    streams.set(sender.id, close);
    port1.on('message', ({ data }) => stream.receive(data as StreamReply));
    port1.on('close', close);
    port1.start();
    sender.once('destroyed', close);
    sender.postMessage(CHANNELS.streamPort, null, [port2]);
  });
}

/** What an event stream reads from this supervisor. */
function streamPorts({ bus, clock, timers, store, info }: Services): Omit<StreamDeps, 'post'> {
  return {
    bus,
    clock,
    timers,
    epoch: info().epoch,
    newestSeq: () => store.events.newestSeq(),
    snapshot: () => store.sessions.snapshot(SNAPSHOT_SESSIONS),
  };
}

const refused = (code: 'forbidden_origin' | 'invalid_input' | 'payload_too_large'): Envelope => ({
  ok: false,
  error: toErrorJson(new HoldfastError(code)),
});
