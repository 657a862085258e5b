import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mustRun } from '../runtime/system/child.mjs';
import { piece } from './linux-tree.mjs';

const TOOL_MS = 5 * 60_000;
const ARCH = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
/** By what the libraries are called inside: their packages have other names on Fedora than on openSUSE. */
const REQUIRES = [
  'libgtk-3.so.0()(64bit)',
  'libnss3.so()(64bit)',
  'libasound.so.2()(64bit)',
  'libgbm.so.1()(64bit)',
  'libatk-bridge-2.0.so.0()(64bit)',
  'libdrm.so.2()(64bit)',
  'libsecret-1.so.0()(64bit)',
  'xdg-utils',
];
const FILES = [
  '/usr/lib/holdfast',
  '/usr/bin/holdfast',
  '/usr/share/applications/holdfast.desktop',
  '/usr/share/icons/hicolor/*/apps/holdfast.*',
  '/usr/share/man/man1/holdfast.1.gz',
  '/usr/share/doc/holdfast',
];
const DEFINES = {
  // Two Electron apps would claim the same links.
  _build_id_links: 'none',
  __os_install_post: '%{nil}',
  debug_package: '%{nil}',
  _binary_payload: 'w3.zstdio',
  // The same bytes every time, on every machine.
  _buildhost: 'localhost',
  use_source_date_epoch_as_buildtime: '1',
  clamp_mtime_to_source_date_epoch: '1',
};

/**
 * @param {{ tree: string, work: string, root: string, version: string, note: string, epoch: number, file: string }}
 *   options `tree`: has `usr`; `work`: an empty folder; `note`: a sentence for the description
 */
export async function makeRpm({ tree, work, root, version, note, epoch, file }) {
  // The last argument is how many versions are left: 0 after a removal, 1 in the middle of an upgrade.
  const spec = [
    ...['Name: holdfast', `Version: ${version}`, 'Release: 1', 'License: MIT', 'Group: Development/Tools'],
    ...['Summary: Keeps MCP sessions alive', 'AutoReqProv: no'],
    ...REQUIRES.map((one) => `Requires: ${one}`),
    ...['%description', 'Clients that drop come back to the same session.', note],
    // rpmbuild empties its build root first.
    ...['%install', `cp -a ${tree}/. %{buildroot}/`],
    ...['%preun', 'if [ "$1" = 0 ]; then', await piece(root, 'end-processes'), 'fi'],
    ...['%post', 'if [ "$1" -gt 1 ]; then', await piece(root, 'say-restart'), 'fi'],
    ...['%postun', 'if [ "$1" = 0 ]; then', await piece(root, 'say-data'), 'fi'],
    ...['%files', '%defattr(-,root,root,-)', ...FILES],
  ];
  await writeFile(join(work, 'holdfast.spec'), `${spec.join('\n')}\n`);
  const defines = { _topdir: work, _rpmdir: join(work, 'made'), _build_name_fmt: 'holdfast.rpm', ...DEFINES };
  const args = [
    ...['-bb', '--quiet', '--target', `${ARCH}-linux`, '--buildroot', join(work, 'root')],
    ...Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]),
    join(work, 'holdfast.spec'),
  ];
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(epoch) };
  await mustRun('rpmbuild', 'rpmbuild', args, { timeoutMs: TOOL_MS, env, cwd: work });
  await mustRun('mv', 'mv', [join(work, 'made/holdfast.rpm'), file], { timeoutMs: TOOL_MS });
}
