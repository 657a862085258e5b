// npm run bench:peers: measures Holdfast beside other programs that put stdio MCP servers behind HTTP, in paired runs.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ensureBuild } from '../scripts/runtime/build.mjs';
import { ensureRuntime } from '../scripts/runtime/ensure-runtime.mjs';
import { runMain, SetupError } from '../scripts/runtime/terminal/errors.mjs';
import { observeBehaviour, timeRecovery } from './peers/behaviour.mjs';
import { measureBulk } from './peers/bulk.mjs';
import { judge } from './peers/goals.mjs';
import { ensurePeers } from './peers/install.mjs';
import { measureNumbers } from './peers/numbers.mjs';
import { subjects as allSubjects } from './peers/subjects.mjs';
import { peersMarkdown } from './peers/tables.mjs';
import { writeSection } from './report/report.mjs';
import { runBench } from './support/context.mjs';
import { describeMachine, machineWords } from './support/machine.mjs';

const USAGE = 'npm run bench:peers -- [--quick] [--json FILE] [--write] [name ...]';
const MARKS = ['<!-- bench:peers: written by npm run bench:peers -- --write -->', '<!-- bench:peers: end -->'];
const RUNS = 5;
const BEHAVIOUR_RUNS = 3;
const BOUND_MS = 5 * 60_000;

/** @param {readonly string[]} known */
function readOptions(known) {
  const options = /** @type {const} */ ({
    quick: { type: 'boolean' },
    json: { type: 'string' },
    write: { type: 'boolean' },
  });
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const unknown = positionals.filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}.`);
    const { quick = false, write = false, json } = values;
    if (write && (quick || positionals.length > 0))
      throw new Error('Only a whole run is written into docs/benchmarks.md.');
    return { quick, write, json, names: positionals.length > 0 ? positionals : known };
  } catch (error) {
    throw new SetupError(/** @type {Error} */ (error).message, `${USAGE}\nNames: ${known.join(', ')}`);
  }
}

const tell = (/** @type {string} */ text) => void process.stdout.write(`${text}\n`);

await runMain(async () => {
  const known = allSubjects('').map(({ name }) => name);
  const { quick, write, json, names } = readOptions(known);
  const runtime = await ensureRuntime();
  await ensureBuild();
  const subjects = allSubjects(await ensurePeers()).filter(({ name }) => names.includes(name));
  const machine = await describeMachine(runtime);
  const runs = quick ? 1 : RUNS;
  tell(`Holdfast beside its peers, ${runs} paired runs. ${machineWords(machine)}`);
  const interrupt = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => interrupt.abort());

  /**
   * @template T
   * @param {(context: import('./support/context.mjs').Context) => Promise<T>} run
   */
  const bounded = (run) =>
    runBench({ boundMs: BOUND_MS, run }, { runs, quick, host: () => '', runtime }, interrupt.signal);

  /** @type {import('./peers/tables.mjs').PeersReport['numbers']} */
  const numbers = Object.fromEntries(names.map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    // Each goes first in turn, so that what the machine does over time affects all of them.
    for (const subject of [...subjects.slice(run % subjects.length), ...subjects.slice(0, run % subjects.length)]) {
      const measured = await bounded((context) => measureNumbers(context, subject));
      numbers[subject.name]?.push(measured);
      const { p50, p95, rate, handshake, ready, front1, front10, processes10 } = measured;
      const speed = `p50 ${p50.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms, ${rate.toFixed(0)} calls/s`;
      const session = `session ${handshake.toFixed(1)} ms, with a call ${ready.toFixed(1)} ms`;
      tell(
        `run ${run + 1}  ${subject.name}: ${speed}, ${session}, front ${front1.toFixed(0)} / ${front10.toFixed(0)} MB, ${processes10} processes`,
      );
    }
  }
  /** @type {import('./peers/tables.mjs').PeersReport['bulk']} */
  const bulk = {};
  for (let run = 0; run < runs; run++) {
    for (const subject of subjects.filter(({ name, ours }) => ours || name === 'bare')) {
      const measured = await bounded((context) => measureBulk(context, subject));
      bulk[subject.name] = [...(bulk[subject.name] ?? []), measured];
      const sizes = measured.map(({ ms, memory }) => `${ms.toFixed(0)} ms and ${memory.toFixed(0)} MB`);
      tell(`run ${run + 1}  ${subject.name}: large results ${sizes.join(', ')}`);
    }
  }
  /** @type {import('./peers/tables.mjs').PeersReport['behaviour']} */
  const behaviour = Object.fromEntries(names.map((name) => [name, []]));
  /** @type {Record<string, number[][]>} */
  const recovery = {};
  for (const subject of subjects.filter(({ onlyNumbers }) => !onlyNumbers)) {
    for (let run = 0; run < (quick ? 1 : BEHAVIOUR_RUNS); run++) {
      behaviour[subject.name]?.push(await bounded((context) => observeBehaviour(context, subject)));
    }
    tell(`${subject.name}: ${JSON.stringify(behaviour[subject.name]?.at(-1), null, 2)}`);
    if (!subject.ours) continue;
    recovery[subject.name] = [];
    for (let run = 0; run < runs; run++) {
      const times = await bounded((context) => timeRecovery(context, subject));
      recovery[subject.name]?.push(times);
      tell(`${subject.name}: the last of ${times.length} sessions was back after ${Math.max(...times).toFixed(0)} ms`);
    }
  }
  const isWhole = names.length === known.length;
  const goals = isWhole ? judge(numbers, bulk, recovery) : [];
  const titles = subjects.map(({ name, title, onlyNumbers }) => ({ name, title, onlyNumbers }));
  const report = { machine, runs, subjects: titles, numbers, bulk, behaviour, recovery, goals };
  const text = peersMarkdown(report, machineWords(machine));
  tell(`\n${text}`);
  if (quick) tell('--quick: small amounts. It shows that everything works; the numbers are worth nothing.');
  if (json) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  if (write) await writeSection(MARKS, () => text);
  return 0;
});
