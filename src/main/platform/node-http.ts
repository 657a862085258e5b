/**
 * Node's own HTTP, without the side effect of importing it. An ES import of `node:http` reads every exported name, and
 * in newer versions one of them loads Node's `fetch`: several MB that neither the endpoint nor its clients need.
 */
export const { Agent, createServer, get, request, STATUS_CODES, validateHeaderValue } =
  process.getBuiltinModule('node:http');
