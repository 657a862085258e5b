import { existsSync } from 'node:fs';
import { arch, homedir, release, type } from 'node:os';
import { join } from 'node:path';
import type { AppInfo } from '../../shared/contract/app';
import type { Diagnostics, DoctorReport, LogLine, LogQuery } from '../../shared/contract/diagnostics';
import type { Servers } from '../../shared/contract/server';
import { withoutHome } from '../../shared/model/home-path';
import { maskSecrets } from '../../shared/model/mask-secrets';
import type { Ms } from '../../shared/model/units';
import { readEndpointFile } from '../platform/endpoint-file';
import { INSTALLATION } from '../platform/installation';
import { crashDumpFolder, lastCrashes } from './crashes';
import { diagnosisText } from './diagnosis-text';
import { DoctorRuns } from './doctor-runs';
import { readLogTail } from './log-tail';

/** Lines of the log in a copied diagnosis. */
const COPIED_LINES = 150;
const INSTALLED = { source: 'from its sources', desktop: 'desktop package', npm: 'npm' } as const;

export interface SelfDiagnosisOptions {
  info(): AppInfo;
  servers(): Promise<Servers>;
  now(): Ms;
}

/** What Holdfast knows about itself. Nothing that it returns contains a secret, and it sends nothing anywhere. */
export class SelfDiagnosis {
  private readonly options: SelfDiagnosisOptions;
  private readonly doctor = new DoctorRuns();

  constructor(options: SelfDiagnosisOptions) {
    this.options = options;
  }

  async facts(): Promise<Diagnostics> {
    const { info, servers } = this.options;
    const { version, url, data_folder: folder, pid, started_at } = info();
    const { keeper, file, secrets } = await servers();
    const { electron, chrome, node } = process.versions;
    const places = [
      ['Data folder', folder],
      ['Servers', file],
      ['Log', join(folder, 'holdfast.log')],
      ['Backups', join(folder, 'backups')],
      ['Crash dumps', crashDumpFolder(folder)],
    ] as const;
    return {
      versions: [
        { name: 'Holdfast', version: `${version} (${INSTALLED[INSTALLATION]})` },
        ...(electron === undefined ? [] : [{ name: 'Electron', version: electron }]),
        ...(chrome === undefined ? [] : [{ name: 'Chromium', version: chrome }]),
        { name: 'Node', version: node },
        { name: 'System', version: `${type()} ${release()} ${arch()}` },
      ],
      places: places.map(([name, path]) => ({ name, path, exists: existsSync(path) })),
      url,
      port: Number(URL.canParse(url) ? new URL(url).port : 0),
      pid,
      started_at,
      keeper,
      secrets: { protection: secrets.protection, problem: secrets.problem },
      crashes: (await lastCrashes(folder)).map((crash) => ({ ...crash, what: this.clean(crash.what) })),
    };
  }

  log(query: LogQuery): Promise<{ lines: LogLine[]; has_more: boolean }> {
    return readLogTail(this.options.info().data_folder, query, (text) => this.clean(text));
  }

  /** All of it as Markdown, with the home folder as `~`. */
  async text(): Promise<string> {
    const [facts, { servers }, { lines }] = await Promise.all([
      this.facts(),
      this.options.servers(),
      this.log({ level: 'info', text: '', limit: COPIED_LINES }),
    ]);
    const text = diagnosisText({ at: this.options.now(), facts, report: this.doctor.report(), servers, log: lines });
    return withoutHome(this.clean(text), homedir());
  }

  /** @throws HoldfastError `unreachable` when there is no `endpoint.json` */
  startDoctor(): DoctorReport {
    return this.doctor.start(readEndpointFile(this.options.info().data_folder), this.options.now());
  }

  doctorReport(): DoctorReport {
    return this.doctor.report();
  }

  /** Runs the checks, or waits for the run that is under way. Takes some 15 s. */
  async runDoctor(): Promise<DoctorReport> {
    this.startDoctor();
    return this.doctor.ended();
  }

  private clean(text: string): string {
    const key = readEndpointFile(this.options.info().data_folder)?.admin_key;
    return maskSecrets(text, key === undefined ? [] : [key]);
  }
}
