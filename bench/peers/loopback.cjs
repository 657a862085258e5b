// Preloaded into programs that would listen on every interface: whatever they ask for, they get 127.0.0.1.
const { Server } = require('node:net');

/** It has many forms. @typedef {(this: Server, ...args: unknown[]) => Server} Listen */

const listen = /** @type {Listen} */ (Server.prototype.listen);
/** @type {Listen} */
Server.prototype.listen = function (first, ...rest) {
  if (typeof first === 'object' && first !== null) return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest);
  if (Number.isNaN(Number(first))) return listen.call(this, first, ...rest);
  const listeners = rest.filter((value) => typeof value === 'function');
  return listen.call(this, { port: Number(first), host: '127.0.0.1' }, ...listeners);
};
