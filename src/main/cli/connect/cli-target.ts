import { realpathSync } from 'node:fs';
import type { ConnectTarget } from '../../connect/connect-target';
import type { EndpointFile } from '../../platform/endpoint-file';
import { ownCommand } from '../../platform/own-command';

/** What clients are told by the command line. The program that runs now is the one to be run, wherever a link to it lies. */
export const cliTarget = ({ url }: EndpointFile, folder: string): Omit<ConnectTarget, 'key'> => ({
  url: `${url}/mcp`,
  cli: { ...ownCommand(folder), args: [realpathSync(process.argv[1] as string)] },
});
