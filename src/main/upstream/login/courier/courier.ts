/*
 * Sends requests that must not be lost: their answer is on the disk before anybody hears of it, even if Holdfast has been
 * killed meanwhile. A refresh token that may be used once is used up by a request whose answer nobody wrote down.
 * Started by courier-link.ts. Argument: the data folder. Jobs come as lines of JSON on standard input.
 */
import { createCipheriv, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { RequestFailed } from '../../../http-client/failures';
import { Network } from '../../../http-client/network';
import { systemTimers } from '../../../platform/node';
import { closeInherited } from '../../keeper/inherited.js';
import { plainFetch } from '../oauth-fetch';
import type { CourierAnswer, CourierJob } from './courier-job';

closeInherited(process.argv[2] ?? '/');

const network = new Network({ environment: process.env });
let running = 0;
let isOver = false;

/** Whoever started this may be gone. */
process.stdout.on('error', () => {});

createInterface({ input: process.stdin }).on('line', (line) => {
  const job = JSON.parse(line) as CourierJob;
  running += 1;
  run(job)
    .catch((error: Error) => ({ problem: error.message }))
    .then((result) => {
      process.stdout.write(`${JSON.stringify({ id: job.id, ...result })}\n`);
      running -= 1;
      leave();
    });
});
process.stdin.on('end', () => {
  isOver = true;
  leave();
});

function leave(): void {
  if (isOver && running === 0) process.exit(0);
}

async function run(job: CourierJob): Promise<object> {
  save(job.file, JSON.stringify({ running: process.pid }));
  const answer = await send(job);
  save(job.file, JSON.stringify(sealed(answer, job.key)));
  return {};
}

async function send({ url, headers, body, allowsLoopback }: CourierJob): Promise<CourierAnswer> {
  try {
    return await plainFetch(systemTimers, network, allowsLoopback)(url, { method: 'POST', headers, body });
  } catch (error) {
    const { message, taken = true, passing = true } = error as Partial<RequestFailed> & Error;
    return { error: message, taken, passing };
  }
}

function sealed(answer: CourierAnswer, key: string): object {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(answer), 'utf8'), cipher.final()]);
  const asText = (bytes: Buffer) => bytes.toString('base64url');
  return { iv: asText(iv), tag: asText(cipher.getAuthTag()), text: asText(text) };
}

/** Replaces the file as a whole, on the disk. */
function save(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  const descriptor = openSync(temporary, 'w', 0o600);
  writeFileSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, file);
}
