import type { DoctorReport } from '#src/shared/contract/diagnostics';
import type { Input, Method, Output } from '#src/shared/contract/index';
import { said, sentences } from '#src/shared/messages/said';
import { HOUR, MINUTE } from '#src/shared/model/units';

type DiagnosticsMethod = Extract<Method, `diagnostics.${string}` | `doctor.${string}` | `bundle.${string}`>;
type DiagnosticsHandlers = { [M in DiagnosticsMethod]: (input: Input<M>) => Output<M> };

const FOLDER = '/home/dev/.config/Holdfast';
const CHECKS: DoctorReport['checks'] = [
  {
    name: 'health',
    result: 'ok',
    detail: said('said.check.health.ok', { version: '0.1.0', url: 'http://127.0.0.1:8181', seconds: 5, pid: 4711 }),
    remedy: null,
    ms: 3,
  },
  { name: 'token_expired', result: 'skipped', detail: said('said.check.expired.skip'), remedy: null, ms: 0 },
  {
    name: 'servers',
    result: 'failed',
    detail: sentences(
      said('said.check.servers.failed', { failed: 1, asked: 2 }),
      said('said.check.servers.one', {
        name: 'slow',
        why: said('said.ask.slow', { method: 'POST', path: '/mcp/slow', seconds: 5 }),
      }),
    ),
    remedy: said('said.check.servers.remedy'),
    ms: 5_000,
  },
];

/** A Holdfast whose doctor finds a server that hangs, each look one check further. */
export function diagnosticsHandlers(): DiagnosticsHandlers {
  let report: DoctorReport = { running: false, started_at: null, total: CHECKS.length, checks: [] };
  const lines = Array.from({ length: 40 }, (_, index) => ({
    at: Date.now() - (40 - index) * MINUTE,
    level: index % 8 === 7 ? 50 : index % 4 === 3 ? 40 : 30,
    message: index % 4 === 3 ? 'the server did not answer' : 'listening',
    detail: `number=${index}`,
  }));
  const levels = { debug: 20, info: 30, warn: 40, error: 50 };
  return {
    'diagnostics.get': () => ({
      versions: [
        { name: 'Holdfast', version: '0.1.0 (desktop package)' },
        { name: 'Electron', version: '45.4.1' },
        { name: 'Node', version: '24.0.0' },
        { name: 'System', version: 'Linux 6.12 x64' },
      ],
      places: [
        { name: 'Data folder', path: FOLDER, exists: true },
        { name: 'Servers', path: `${FOLDER}/servers.json`, exists: true },
        { name: 'Log', path: `${FOLDER}/holdfast.log`, exists: true },
        { name: 'Crash dumps', path: `${FOLDER}/window/Crashpad`, exists: false },
      ],
      url: 'http://127.0.0.1:8181',
      port: 8181,
      pid: 4711,
      started_at: Date.now() - 3 * HOUR,
      keeper: { pid: 4712, started_at: Date.now() - 26 * HOUR, children: 3 },
      secrets: { protection: said('said.secrets.files'), problem: null },
      crashes: [{ at: Date.now() - HOUR, kind: 'window', what: 'The window ended: oom, code 9.' }],
    }),
    'diagnostics.log': ({ level = 'info', text = '', limit = 200 }) => {
      const found = lines.filter(
        (line) => line.level >= levels[level] && `${line.message} ${line.detail}`.includes(text),
      );
      return { lines: found.slice(-limit), has_more: found.length > limit };
    },
    'diagnostics.text': () => ({ text: '# Holdfast diagnosis\n' }),
    'bundle.prepare': () => ({
      bundle_id: 'b_1',
      file_name: 'holdfast-bundle-2026-11-26T05-53-46Z.zip',
      bytes: 18_000,
      files: [
        { name: 'README.txt', kind: 'readme', bytes: 1_400, is_cut: false },
        { name: 'diagnosis.md', kind: 'diagnosis', bytes: 9_000, is_cut: false },
        { name: 'log.jsonl', kind: 'log', bytes: 3_600_000, is_cut: true },
      ],
    }),
    'bundle.file': ({ name }) => ({ text: `The text of ${name}\n` }),
    'bundle.read': () => ({ zip: 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==' }),
    'doctor.start': () => {
      report = { ...report, running: true, started_at: Date.now(), checks: [] };
      return report;
    },
    'doctor.report': () => {
      if (report.running) {
        const checks = CHECKS.slice(0, report.checks.length + 1);
        report = { ...report, checks, running: checks.length < CHECKS.length };
      }
      return report;
    },
  };
}
