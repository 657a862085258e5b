/** The only two channels from the preload script to the main process, and the one on which a stream's port comes back. */
export const CHANNELS = {
  invoke: 'holdfast:invoke',
  openStream: 'holdfast:open-stream',
  streamPort: 'holdfast:stream-port',
} as const;
