import { delimiter, isAbsolute, sep } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import { ownCommand } from '../../platform/own-command';
import { ownVariables } from '../../platform/start-at-login/open';
import type { ServiceCommand } from './service-files';

/**
 * What a service of this very Holdfast runs. It gets the PATH of now, as services have a short one of their own, in
 * which `npx` and the like are not found.
 *
 * @throws HoldfastError `invalid_input` where the program is only there for a while
 */
export function serviceCommand(folder: string, env: NodeJS.ProcessEnv): ServiceCommand {
  const own = ownCommand(folder);
  if ([own.command, ...own.args].some((path) => path.includes(`${sep}_npx${sep}`))) {
    throw new HoldfastError(
      'invalid_input',
      'This Holdfast is in the cache of npx, which is emptied now and then. Install it ("npm install -g") and run "holdfast service install" from there.',
    );
  }
  const path = lasting(env.PATH ?? '');
  return {
    program: own.command,
    args: [...own.args, 'headless'],
    env: { ...own.env, ...ownVariables(folder, env), ...(path === '' ? {} : { PATH: path }) },
  };
}

/** The folders of a PATH that are there for more than one command: npm adds those of a project. */
const lasting = (path: string): string =>
  path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && !/node_modules|node-gyp-bin|_npx/.test(folder))
    .join(delimiter);
