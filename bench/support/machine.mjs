import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { mustRun } from '../../scripts/runtime/system/child.mjs';

/** @typedef {Awaited<ReturnType<typeof describeMachine>>} Machine */

/**
 * The machine on which the numbers were taken.
 *
 * @param {import('../../scripts/runtime/ensure-runtime.mjs').ReadyRuntime} runtime
 */
export async function describeMachine({ electron, env }) {
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: processors[0]?.model.trim() ?? 'unknown processor',
    cores: processors.length,
    memory_gib: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()} ${process.arch}`,
    node: process.versions.node,
    electron: electron && (await electronVersion(electron.executablePath, env)),
    load_before: loadavg()[0] ?? 0,
  };
}

/**
 * @param {string} executable
 * @param {NodeJS.ProcessEnv} env
 */
async function electronVersion(executable, env) {
  const asNode = { timeoutMs: 30_000, env: { ...env, ELECTRON_RUN_AS_NODE: '1' } };
  return (
    await mustRun('Asking Electron for its version', executable, ['-p', 'process.versions.electron'], asNode)
  ).trim();
}

/** @param {Machine} machine */
export function machineWords({ date, cpu, cores, memory_gib, system, node, electron, load_before }) {
  const window = electron ? `, Electron ${electron}` : '';
  return `${date}: ${cpu}, ${cores} cores, ${memory_gib} GiB, ${system}, Node ${node}${window}, load ${load_before.toFixed(1)}`;
}
