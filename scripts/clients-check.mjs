// npm run clients:check [-- --newest] [--limits] [--write] [FILE ...]: runs real clients against Holdfast (docs/clients.md). It
// downloads them from the npm registry into the cache folder, about 1.5 GB, so it is no part of npm test.
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureClients } from './clients/install.mjs';
import { clientsTables, putTogether, readNotes, writeTables } from './clients/table.mjs';
import { ensureBuild } from './runtime/build.mjs';
import { ensureRuntime } from './runtime/ensure-runtime.mjs';
import { writeWhole } from './runtime/files/atomic.mjs';
import { packageFolder, repositoryRoot } from './runtime/files/paths.mjs';
import { run } from './runtime/system/child.mjs';
import { runMain } from './runtime/terminal/errors.mjs';

const CHECK_MS = 60 * 60_000;
/** What tests noted of clients, also in earlier runs: one JSON object a line. */
const REPORT = join(repositoryRoot, 'test-results', 'clients.jsonl');

await runMain(async () => {
  const options = /** @type {const} */ ({
    newest: { type: 'boolean' },
    limits: { type: 'boolean' },
    write: { type: 'boolean' },
  });
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const clients = await ensureClients({ newest: values.newest });
  const { env, stop } = await ensureRuntime();
  try {
    await ensureBuild();
    await mkdir(join(repositoryRoot, 'test-results'), { recursive: true });
    const vitest = join(packageFolder('vitest'), 'vitest.mjs');
    // What is measured takes its time while it waits, so all of that may wait at once.
    const args = ['run', '--project', 'clients-check', '--no-file-parallelism', '--max-concurrency=10', ...positionals];
    const given = {
      HOLDFAST_CHECKED_CLIENTS: JSON.stringify(clients),
      HOLDFAST_CLIENTS_REPORT: REPORT,
      ...(values.limits ? { HOLDFAST_CLIENTS_LIMITS: '1' } : {}),
    };
    const { code } = await run(process.execPath, [vitest, ...args], {
      timeoutMs: CHECK_MS,
      cwd: repositoryRoot,
      env: { ...env, ...given },
      show: true,
    });
    const seen = putTogether(readNotes(await readFile(REPORT, 'utf8').catch(() => '')));
    await writeWhole(REPORT, seen.map((one) => `${JSON.stringify(one)}\n`).join(''));
    process.stdout.write(`\n${clientsTables(seen)}`);
    if (values.write && code === 0) await writeTables(clientsTables(seen));
    return code ?? 1;
  } finally {
    await stop();
  }
});
