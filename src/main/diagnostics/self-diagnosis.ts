import { existsSync } from 'node:fs';
import { arch, homedir, release, type } from 'node:os';
import { join } from 'node:path';
import type { AppInfo } from '../../shared/contract/app';
import type { Diagnostics, DoctorReport, LogLine, LogQuery } from '../../shared/contract/diagnostics';
import type { Servers } from '../../shared/contract/server';
import { inEnglish } from '../../shared/messages/language';
import type { Ms } from '../../shared/model/units';
import { readEndpointFile } from '../platform/endpoint-file';
import { INSTALLATION } from '../platform/installation';
import { type CleanText, textCleaner } from './bundle/clean';
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
  /** Removes the secrets that are known. */
  withoutKnown: CleanText;
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
    const clean = this.cleaner();
    const { electron, chrome, node } = process.versions;
    const places = [
      [inEnglish('place.data'), folder],
      [inEnglish('place.servers'), file],
      [inEnglish('place.log'), join(folder, 'holdfast.log')],
      [inEnglish('place.backups'), join(folder, 'backups')],
      [inEnglish('place.dumps'), crashDumpFolder(folder)],
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
      crashes: (await lastCrashes(folder)).map((crash) => ({ ...crash, what: clean(crash.what) })),
    };
  }

  log(query: LogQuery): Promise<{ lines: LogLine[]; has_more: boolean }> {
    return readLogTail(this.options.info().data_folder, query, this.cleaner());
  }

  /** All of it as Markdown, with the home folder as `~`. */
  async text(): Promise<string> {
    const [facts, { servers }, { lines }] = await Promise.all([
      this.facts(),
      this.options.servers(),
      this.log({ level: 'info', text: '', limit: COPIED_LINES }),
    ]);
    const clean = textCleaner(this.options.withoutKnown, homedir());
    const { checks, ...report } = this.doctor.report();
    // Each text before it is formatted: a secret looks different between bars and backticks.
    const text = diagnosisText({
      at: this.options.now(),
      facts: {
        ...facts,
        places: facts.places.map((place) => ({ ...place, path: clean(place.path) })),
        secrets: { ...facts.secrets, problem: facts.secrets.problem === null ? null : clean(facts.secrets.problem) },
      },
      report: { ...report, checks: checks.map((check) => ({ ...check, detail: clean(check.detail) })) },
      servers: servers.map((server) => ({ ...server, name: clean(server.name) })),
      log: lines,
    });
    return clean(text);
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

  /** Paths stay as they are: they are shown on the machine that they are of. */
  private cleaner(): CleanText {
    return textCleaner(this.options.withoutKnown, '');
  }
}
