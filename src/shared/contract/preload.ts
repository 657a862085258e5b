import type { Envelope } from './method';

/** What the preload script puts on `window.holdfast`: three functions and no Electron object. */
export interface PreloadApi {
  /** Invokes one method of the contract. Never rejects: failures come as `{ok:false}`. */
  invoke(method: string, input: unknown): Promise<Envelope>;
  /**
   * Asks the main process for the live stream. A `MessagePort` that delivers `StreamMessage`s and accepts `StreamReply`s
   * then arrives as a window `message` event whose data is {@link STREAM_PORT}. A later call ends the earlier stream.
   */
  openStream(): void;
  platform(): { os: string; electron: string };
}

/** A window `message` event with this in front of a command's id: the user picked it in the application menu. */
export const COMMAND_PICKED = 'holdfast:command ';

export const STREAM_PORT = 'holdfast:stream';
