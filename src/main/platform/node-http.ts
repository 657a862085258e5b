/**
 * Node's own HTTP, without what a plain import of it brings along: importing `node:http` as an ES module reads every name it
 * exports, and one of them loads Node's `fetch` implementation, 12 MB that Holdfast never uses itself.
 */
export const { Agent, createServer, get, request, STATUS_CODES } = process.getBuiltinModule('node:http');
