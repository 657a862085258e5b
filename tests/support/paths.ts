import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = resolve(import.meta.dirname, '../..');

/** The path of something in the repository. */
export const inRepository = (path: string): string => join(REPOSITORY, path);

// Written out as URLs, which is how knip sees what is used.

/** Servers of our own that tests start; the head of each says what it does. */
export const COUNTER = fileURLToPath(new URL('servers/counter-server.mjs', import.meta.url));
export const ECHO = fileURLToPath(new URL('servers/echo-server.mjs', import.meta.url));
export const FLOOD_SERVER = fileURLToPath(new URL('servers/flood-server.mjs', import.meta.url));
export const LISTING = fileURLToPath(new URL('servers/listing-server.mjs', import.meta.url));
export const ODD_LISTS = fileURLToPath(new URL('servers/odd-lists-server.mjs', import.meta.url));
export const TASK_SERVER = fileURLToPath(new URL('servers/task-server.mjs', import.meta.url));
export const VERBATIM = fileURLToPath(new URL('servers/verbatim-server.mjs', import.meta.url));
export const FIXTURE_SERVER = fileURLToPath(new URL('servers/fixture-server/main.mjs', import.meta.url));

/** What the conformance suite starts as the client under test. */
export const CONFORMANCE_CLIENT = fileURLToPath(new URL('conformance/conformance-client.mjs', import.meta.url));

/** Programs of others. */
export const CONFORMANCE_SUITE = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
);
export const EVERYTHING = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url),
);
export const MCP_REMOTE = fileURLToPath(new URL('../../node_modules/mcp-remote/dist/proxy.js', import.meta.url));

/** Programs of Holdfast. The first two must be bundled to run. */
export const HEADLESS = fileURLToPath(new URL('../../src/main/headless.ts', import.meta.url));
export const HOLDFAST = fileURLToPath(new URL('../../src/main/cli/holdfast.ts', import.meta.url));
export const COURIER = fileURLToPath(new URL('../../src/main/upstream/login/courier/courier.ts', import.meta.url));
export const KEPT_WORKER = fileURLToPath(new URL('../../src/main/store/kept/kept-worker.js', import.meta.url));
export const KEEPER = fileURLToPath(new URL('../../src/main/upstream/keeper/keeper.js', import.meta.url));
