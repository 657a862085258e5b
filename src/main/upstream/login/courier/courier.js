// @ts-check
// Sends requests that must not be lost: their answer is on the disk before anybody hears of it, even if Holdfast has been
// killed meanwhile. A refresh token that may be used once is used up by a request whose answer nobody wrote down.
// Started by courier-link.ts. Arguments: the data folder. Jobs come as lines of JSON on standard input.
import { createCipheriv, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { createInterface } from 'node:readline';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { closeInherited } from '../../keeper/inherited.js';

/**
 * @typedef {object} Job
 * @property {string} id
 * @property {string} key 32 bytes, base64url; seals the answer
 * @property {string} file where the answer is left
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string} body
 *
 * @typedef {{ status: number, headers: Record<string, string>, body: string } | { error: string, code: string, taken: boolean }} Outcome
 */

const LIMIT_MS = 20_000;
const MAX_BYTES = 512 * 1024;

closeInherited(process.argv[2] ?? '/');

let running = 0;
let isOver = false;

/** Whoever started this may be gone. */
process.stdout.on('error', () => {});

createInterface({ input: process.stdin }).on('line', (line) => {
  /** @type {Job} */
  const job = JSON.parse(line);
  running += 1;
  run(job)
    .catch((error) => ({ problem: String(error?.message ?? error) }))
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

function leave() {
  if (isOver && running === 0) process.exit(0);
}

/** @param {Job} job */
async function run(job) {
  save(job.file, JSON.stringify({ running: process.pid }));
  const outcome = await post(job);
  save(job.file, JSON.stringify(sealed(outcome, job.key)));
  return {};
}

/**
 * @param {Job} job
 * @returns {Promise<Outcome>}
 */
function post({ url, headers, body }) {
  return new Promise((resolve) => {
    let taken = false;
    /** @param {NodeJS.ErrnoException} error */
    const failed = (error) => resolve({ error: error.message, code: error.code ?? '', taken });
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const signal = AbortSignal.timeout(LIMIT_MS);
    const length = String(Buffer.byteLength(body));
    const sent = send(url, { method: 'POST', agent: false, signal, headers: { ...headers, 'content-length': length } });
    sent.on('socket', (socket) =>
      socket.once(url.startsWith('https:') ? 'secureConnect' : 'connect', () => (taken = true)),
    );
    sent.on('error', failed);
    sent.on('response', (answer) => {
      /** @type {Buffer[]} */
      const parts = [];
      let bytes = 0;
      answer.on('error', failed);
      answer.on('data', (part) => {
        bytes += part.length;
        if (bytes <= MAX_BYTES) parts.push(part);
        else answer.destroy(new Error('the answer is too long'));
      });
      answer.on('end', () => {
        const told = Object.entries(answer.headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        );
        resolve({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(told),
          body: decoded(Buffer.concat(parts), answer.headers['content-encoding']).toString('utf8'),
        });
      });
    });
    sent.end(body);
  });
}

/**
 * Some servers compress whatever was asked for. What cannot be read is left as it is: no request may fail that was answered.
 *
 * @param {Buffer} bytes
 * @param {string | undefined} coding
 * @returns {Buffer}
 */
function decoded(bytes, coding) {
  const options = { maxOutputLength: MAX_BYTES };
  try {
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(bytes, options);
    if (coding === 'br') return brotliDecompressSync(bytes, options);
    if (coding === 'deflate') return inflateSync(bytes, options);
  } catch {}
  return bytes;
}

/**
 * @param {Outcome} outcome
 * @param {string} key
 */
function sealed(outcome, key) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(key, 'base64url'), iv);
  const text = Buffer.concat([cipher.update(JSON.stringify(outcome), 'utf8'), cipher.final()]);
  return {
    iv: iv.toString('base64url'),
    tag: cipher.getAuthTag().toString('base64url'),
    text: text.toString('base64url'),
  };
}

/**
 * Replaces the file as a whole, on the disk.
 *
 * @param {string} file
 * @param {string} text
 */
function save(file, text) {
  const temporary = `${file}.${process.pid}`;
  const descriptor = openSync(temporary, 'w', 0o600);
  writeFileSync(descriptor, text);
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(temporary, file);
}
