/**
 * The only two channels from the preload script to the main process, the one on which a stream's port comes back, and the one
 * on which the application menu names a command.
 */
export const CHANNELS = {
  invoke: 'holdfast:invoke',
  openStream: 'holdfast:open-stream',
  streamPort: 'holdfast:stream-port',
  command: 'holdfast:command',
} as const;
