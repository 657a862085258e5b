import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, lutimes, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { mustRun } from '../runtime/system/child.mjs';
import { ICON_SIZES } from './icon-sizes.mjs';
import { parts } from './stage.mjs';

const execute = promisify(execFile);
const TOOL_MS = 5 * 60_000;
const SBOM_BYTES = 64 * 1024 * 1024;
const DEPENDS = [
  'libc6 (>= 2.31)',
  'libgtk-3-0 | libgtk-3-0t64',
  'libnss3',
  'libasound2 | libasound2t64',
  'libgbm1',
  'libatk-bridge2.0-0 | libatk-bridge2.0-0t64',
  'libdrm2',
  'libxss1',
  'libsecret-1-0',
  'xdg-utils',
];

/**
 * Gives everything in a folder one time and usual rights, so that an archive of it depends on its contents alone.
 *
 * @param {string} folder
 * @param {number} epoch seconds
 */
async function settle(folder, epoch) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await settle(path, epoch);
    else await lutimes(path, epoch, epoch);
  }
  await chmod(folder, 0o755);
  await lutimes(folder, epoch, epoch);
}

/**
 * @param {{ app: string, tree: string, root: string, version: string, note: string, epoch: number, file: string }}
 *   options `tree`: a folder to lay the package out in; `note`: a sentence for the description
 */
export async function makeDeb({ app, tree, root, version, note, epoch, file }) {
  const from = (/** @type {string} */ path) => join(root, 'resources', path);
  const to = (/** @type {string} */ path) => join(tree, path);
  const put = (/** @type {string} */ source, /** @type {string} */ target) =>
    cp(source, to(target), { recursive: true });
  await put(app, 'usr/lib/holdfast');
  await chmod(to('usr/lib/holdfast/chrome-sandbox'), 0o4755);
  await mkdir(to('usr/bin'));
  await symlink('../lib/holdfast/bin/holdfast', to('usr/bin/holdfast'));
  await put(from('linux/holdfast.desktop'), 'usr/share/applications/holdfast.desktop');
  await put(from('icon.svg'), 'usr/share/icons/hicolor/scalable/apps/holdfast.svg');
  for (const size of ICON_SIZES) {
    await put(from(`icons/${size}.png`), `usr/share/icons/hicolor/${size}x${size}/apps/holdfast.png`);
  }
  await mkdir(to('usr/share/man/man1'), { recursive: true });
  await writeFile(
    to('usr/share/man/man1/holdfast.1.gz'),
    gzipSync(await readFile(from('linux/holdfast.1')), { level: 9 }),
  );
  await put(join(root, 'LICENSE'), 'usr/share/doc/holdfast/copyright');
  await mkdir(to('DEBIAN'));
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const control = [
    ...['Package: holdfast', `Version: ${version}`, `Architecture: ${arch}`, 'Section: devel', 'Priority: optional'],
    'Maintainer: The Holdfast authors <holdfast@localhost>',
    `Depends: ${DEPENDS.join(', ')}`,
    'Description: keeps MCP sessions alive',
    ' Clients that drop come back to the same session.',
    ...(note ? [` ${note}`] : []),
  ];
  await writeFile(to('DEBIAN/control'), `${control.join('\n')}\n`);
  await settle(tree, epoch);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch) };
  const args = ['--root-owner-group', '-Zzstd', '--build', tree, file];
  await mustRun('dpkg-deb', 'dpkg-deb', args, { timeoutMs: TOOL_MS, env });
}

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
  const args = ['pack', '--silent', '--ignore-scripts', '--offline', '--pack-destination', target];
  return (await mustRun('npm pack', 'npm', args, { timeoutMs: TOOL_MS, cwd: stage })).trim();
}

/**
 * The parts list, as `npm sbom` writes it, without what differs from run to run.
 *
 * @param {{ root: string, epoch: number, electron: string, file: string }} options
 */
export async function writeSbom({ root, epoch, electron, file }) {
  // `--omit=dev` would also leave out what both the build and a tool for development need.
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only', '--offline'];
  const sbom = JSON.parse((await execute('npm', args, { timeout: TOOL_MS, cwd: root, maxBuffer: SBOM_BYTES })).stdout);
  const kept = new Set([sbom.metadata.component['bom-ref']]);
  for (const { name, version } of await parts()) kept.add(`${name}@${version}`);
  const isKept = (/** @type {any} */ one) => kept.has(one['bom-ref'] ?? one.ref);
  sbom.components = sbom.components.filter(isKept);
  sbom.dependencies = sbom.dependencies.filter(isKept).map((/** @type {any} */ { ref, dependsOn = [] }) => {
    return { ref, dependsOn: dependsOn.filter((/** @type {string} */ one) => kept.has(one)) };
  });
  delete sbom.serialNumber;
  sbom.metadata.timestamp = new Date(epoch * 1000).toISOString();
  const purl = `pkg:npm/electron@${electron}`;
  sbom.components.push({ type: 'framework', name: 'electron', version: electron, 'bom-ref': purl, purl });
  await writeFile(file, `${JSON.stringify(sbom, null, 2)}\n`);
}

/** @param {string} folder gets SHA256SUMS of its files */
export async function writeSums(folder) {
  const names = (await readdir(folder)).filter((name) => name !== 'SHA256SUMS').sort();
  const lines = names.map(async (name) => {
    const hash = createHash('sha256').update(await readFile(join(folder, name)));
    return `${hash.digest('hex')}  ${name}\n`;
  });
  await writeFile(join(folder, 'SHA256SUMS'), (await Promise.all(lines)).join(''));
}
