/**
 * Node's own HTTP, without what a plain import of it brings along: importing `node:http` as an ES module reads every name it
 * exports, and in newer versions one of them loads Node's `fetch`, some MB that neither the endpoint nor its clients need.
 */
export const { Agent, createServer, get, request, STATUS_CODES } = process.getBuiltinModule('node:http');
