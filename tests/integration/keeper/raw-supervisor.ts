import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { encodeText, FRAME, FrameReader } from '#src/main/upstream/keeper/frames.js';

export const keeperFile = (folder: string): string => join(folder, 'keeper/keeper.json');

export const keeperAddress = (folder: string): { socket: string; secret: string } =>
  JSON.parse(readFileSync(keeperFile(folder), 'utf8'));

export async function connectRaw(folder: string): Promise<Socket> {
  const socket = connect(keeperAddress(folder).socket);
  await once(socket, 'connect');
  return socket;
}

export const request = (what: object): Buffer => encodeText(FRAME.request, 0, JSON.stringify({ id: 1, ...what }));

/** Sends a request and awaits the frame that comes back. */
export function ask(socket: Socket, what: object): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const reader = new FrameReader((_type, _child, payload) => resolve(JSON.parse(payload.toString())));
    socket.on('data', (bytes) => reader.push(bytes));
    socket.on('close', () => reject(new Error('closed')));
    socket.write(request(what));
  });
}
