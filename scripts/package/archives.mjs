import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { mustRun } from '../runtime/system/child.mjs';
import { settle } from './linux-tree.mjs';
import { SIZES } from './sizes.mjs';
import { parts } from './stage.mjs';

const execute = promisify(execFile);
const TOOL_MS = 5 * 60_000;
/**
 * On Windows npm is a script that only a shell can run; what runs this is npm, too.
 *
 * @type {readonly [string, ...string[]]}
 */
const NPM =
  process.platform === 'win32' && process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
const SBOM_BYTES = 64 * 1024 * 1024;

/**
 * @param {{ folder: string, name: string, epoch: number, file: string }} options `folder` holds a folder `name`, which
 *   is packed
 */
export async function makeTar({ folder, name, epoch, file }) {
  await settle(join(folder, name), epoch);
  const owner = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--format=gnu'];
  const args = [...owner, '--use-compress-program=gzip -n -1', '-cf', file, '-C', folder, name];
  await mustRun('tar', 'tar', args, { timeoutMs: TOOL_MS });
}

/** @param {string} stage @param {string} target folder */
export async function makeNpm(stage, target) {
  const [command, ...first] = NPM;
  const args = [...first, 'pack', '--silent', '--ignore-scripts', '--offline', '--pack-destination', target];
  return (await mustRun('npm pack', command, args, { timeoutMs: TOOL_MS, cwd: stage })).trim();
}

/**
 * The parts list, as `npm sbom` writes it, without what differs from run to run.
 *
 * @param {{ root: string, epoch: number, electron: string | undefined, file: string }} options `electron`: version of the
 *   one in the packages, if any
 */
export async function writeSbom({ root, epoch, electron, file }) {
  // `--omit=dev` would also leave out what both the build and a tool for development need.
  const [command, ...first] = NPM;
  const args = [...first, 'sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--offline'];
  const sbom = JSON.parse(
    (await execute(command, args, { timeout: TOOL_MS, cwd: root, maxBuffer: SBOM_BYTES })).stdout,
  );
  const kept = new Set([sbom.metadata.component['bom-ref']]);
  for (const { name, version } of await parts()) kept.add(`${name}@${version}`);
  const isKept = (/** @type {any} */ one) => kept.has(one['bom-ref'] ?? one.ref);
  sbom.components = sbom.components.filter(isKept);
  sbom.dependencies = sbom.dependencies.filter(isKept).map((/** @type {any} */ { ref, dependsOn = [] }) => {
    return { ref, dependsOn: dependsOn.filter((/** @type {string} */ one) => kept.has(one)) };
  });
  delete sbom.serialNumber;
  sbom.metadata.timestamp = new Date(epoch * 1000).toISOString();
  if (electron) {
    const purl = `pkg:npm/electron@${electron}`;
    sbom.components.push({ type: 'framework', name: 'electron', version: electron, 'bom-ref': purl, purl });
  }
  await writeFile(file, `${JSON.stringify(sbom, null, 2)}\n`);
}

/** @param {string} folder gets SHA256SUMS of its files */
export async function writeSums(folder) {
  const names = (await readdir(folder)).filter((name) => name !== 'SHA256SUMS' && name !== SIZES).sort();
  const lines = names.map(async (name) => {
    const hash = createHash('sha256').update(await readFile(join(folder, name)));
    return `${hash.digest('hex')}  ${name}\n`;
  });
  await writeFile(join(folder, 'SHA256SUMS'), (await Promise.all(lines)).join(''));
}
