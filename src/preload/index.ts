import { contextBridge, ipcRenderer } from 'electron';
import { CHANNELS } from '../shared/contract/channels';
import { COMMAND_PICKED, type PreloadApi, STREAM_PORT } from '../shared/contract/preload';

ipcRenderer.on(CHANNELS.streamPort, (event) => {
  // A port cannot cross the context bridge; a message to our own page can carry it.
  window.postMessage(STREAM_PORT, window.location.origin, [...event.ports]);
});

ipcRenderer.on(CHANNELS.command, (_event, id) => {
  if (typeof id === 'string') window.postMessage(COMMAND_PICKED + id, window.location.origin);
});

const api: PreloadApi = {
  invoke: (method, input) => ipcRenderer.invoke(CHANNELS.invoke, method, input),
  openStream: () => ipcRenderer.send(CHANNELS.openStream),
  platform: () => ({ os: process.platform, electron: process.versions.electron ?? '' }),
};

contextBridge.exposeInMainWorld('holdfast', api);
