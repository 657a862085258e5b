import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '#tests/support/paths';

/** Makes the counter of the pictures unable to start while this file exists. */
export const failFile = (folder: string): string => join(folder, 'counter-cannot-start');

/** Puts real servers behind the Holdfast of the pictures: a counter of our own, and the reference server of MCP. */
export function writeServers(folder: string): void {
  const servers = {
    counter: {
      command: 'node',
      args: ['tests/support/servers/counter-server.mjs'],
      cwd: REPOSITORY,
      env: { COUNTER_FAIL_WHILE: failFile(folder) },
    },
    everything: {
      command: 'node',
      args: ['node_modules/@modelcontextprotocol/server-everything/dist/index.js', 'stdio'],
      cwd: REPOSITORY,
      policy: 'shared',
    },
    tickets: {
      disabled: true,
      command: 'node',
      args: ['-e', 'console.error("no route to the ticket system"); process.exit(1)'],
      policy: 'shared',
    },
    notes: { url: 'http://127.0.0.1:9/mcp', headers: { Authorization: 'Bearer of-the-pictures' }, policy: 'lazy' },
  };
  writeFileSync(join(folder, 'servers.json'), `${JSON.stringify({ mcpServers: servers }, null, 2)}\n`);
}
