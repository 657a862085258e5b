import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../runtime/system/child.mjs';
import { piece, settle } from './linux-tree.mjs';

const TOOL_MS = 5 * 60_000;
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
 * @param {{ tree: string, folder: string, root: string, version: string, note: string, epoch: number, file: string }}
 *   options `tree`: has `usr`; `folder`: to lay the package out in; `note`: a sentence for the description
 */
export async function makeDeb({ tree, folder, root, version, note, epoch, file }) {
  await cp(tree, folder, { recursive: true, verbatimSymlinks: true });
  const { sums, bytes } = await contents(folder);
  const control = join(folder, 'DEBIAN');
  await mkdir(control);
  await writeFile(join(control, 'md5sums'), sums);
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const fields = [
    ...['Package: holdfast', `Version: ${version}`, `Architecture: ${arch}`, 'Section: devel', 'Priority: optional'],
    `Installed-Size: ${Math.ceil(bytes / 1024)}`,
    'Maintainer: The Holdfast authors <holdfast@localhost>',
    `Depends: ${DEPENDS.join(', ')}`,
    'Description: keeps MCP sessions alive',
    ' Clients that drop come back to the same session.',
    ...(note ? [` ${note}`] : []),
  ];
  await writeFile(join(control, 'control'), `${fields.join('\n')}\n`);
  const script = (/** @type {string} */ name, /** @type {string} */ text) =>
    writeFile(join(control, name), text, { mode: 0o755 });
  // An upgrade ends nothing: sessions and servers go on, and the next start is the new version.
  await script('prerm', when('"$1" = remove', await piece(root, 'end-processes')));
  await script('postinst', when('"$1" = configure ] && [ -n "$2"', await piece(root, 'say-restart')));
  await script('postrm', when('"$1" = remove', await piece(root, 'say-data')));
  await settle(folder, epoch);
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch) };
  const args = ['--root-owner-group', '-Zzstd', '-z3', '--build', folder, file];
  await mustRun('dpkg-deb', 'dpkg-deb', args, { timeoutMs: TOOL_MS, env });
}

/** @param {string} condition @param {string} body */
const when = (condition, body) => `#!/bin/sh\nset -e\nif [ ${condition} ]; then\n${body}fi\n`;

/**
 * @param {string} folder
 * @returns {Promise<{ sums: string, bytes: number }>} md5sums as dpkg reads it, and what the files need
 */
async function contents(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = [];
  let bytes = 0;
  for (const file of files.sort()) {
    lines.push(
      `${createHash('md5')
        .update(await readFile(file))
        .digest('hex')}  ${file.slice(folder.length + 1)}\n`,
    );
    bytes += (await stat(file)).size;
  }
  return { sums: lines.join(''), bytes };
}
