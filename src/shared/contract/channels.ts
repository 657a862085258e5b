/** The only two channels between the preload script and the main process, and the one on which a stream's port arrives. */
export const CHANNELS = {
  invoke: 'holdfast:invoke',
  openStream: 'holdfast:open-stream',
  streamPort: 'holdfast:stream-port',
} as const;
