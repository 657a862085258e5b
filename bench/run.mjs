// npm run bench: measures Holdfast beside bare floors, in paired runs. `npm run bench -- --quick` shows that it works.
import { writeFile } from 'node:fs/promises';
import { ensureBuild } from '../scripts/runtime/build.mjs';
import { ensureRuntime } from '../scripts/runtime/ensure-runtime.mjs';
import { reasonOf, runMain } from '../scripts/runtime/terminal/errors.mjs';
import { BENCHES } from './benches.mjs';
import { readOptions } from './options.mjs';
import { terminalText, writeDocument } from './report/report.mjs';
import { summarize } from './report/rows.mjs';
import { bundleHosts } from './support/bundle.mjs';
import { runBench } from './support/context.mjs';
import { describeMachine, machineWords } from './support/machine.mjs';

await runMain(async () => {
  const options = readOptions(
    process.argv.slice(2),
    BENCHES.map(({ name }) => name),
  );
  const { runs, quick } = options;
  const benches = BENCHES.filter(({ name }) => options.names.includes(name));
  const needsWindow = benches.some(({ window }) => window);
  const runtime = await ensureRuntime({ electron: needsWindow, display: needsWindow });
  try {
    await ensureBuild();
    const host = await bundleHosts();
    const machine = await describeMachine(runtime);
    process.stdout.write(`Holdfast benchmarks, ${runs} paired runs each. ${machineWords(machine)}\n`);
    if (quick)
      process.stdout.write('--quick: small amounts. It shows that everything works; the numbers are worth nothing.\n');
    const interrupt = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupt.abort());
    /** @type {import('./report/report.mjs').Result[]} */
    const results = [];
    for (const bench of benches) {
      const { name, title } = bench;
      const begin = performance.now();
      /** @type {Omit<import('./report/report.mjs').Result, 'seconds'>} */
      let result;
      try {
        const { rows, notes } = await runBench(bench, { runs, quick, host, runtime }, interrupt.signal);
        result = { name, title, rows: rows.map(summarize), notes };
      } catch (error) {
        result = { name, title, rows: [], notes: [], failure: reasonOf(error) };
      }
      results.push({ ...result, seconds: (performance.now() - begin) / 1000 });
      process.stdout.write(`${terminalText(/** @type {import('./report/report.mjs').Result} */ (results.at(-1)))}\n`);
      if (interrupt.signal.aborted) return 1;
    }
    const report = { machine, runs, quick, results };
    if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
    const order = BENCHES.map(({ name }) => name);
    const leftOut = options.write ? await writeDocument(report, order) : [];
    if (leftOut.length > 0)
      process.stdout.write(`\ndocs/benchmarks.md keeps what it had of ${leftOut.join(', ')}: that failed.\n`);
    return results.some(({ failure }) => failure) ? 1 : 0;
  } finally {
    await runtime.stop();
  }
});
