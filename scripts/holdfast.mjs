// npm run holdfast -- status: the command line, built first if a source has changed.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuild } from './runtime/build.mjs';
import { repositoryRoot } from './runtime/files/paths.mjs';
import { runMain } from './runtime/terminal/errors.mjs';

await runMain(async () => {
  await ensureBuild();
  const main = join(repositoryRoot, 'out', 'main', 'holdfast.js');
  // As if it had been started directly.
  process.argv[1] = main;
  await import(pathToFileURL(main).href);
  return undefined;
});
