import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CONFORMANCE_CLIENT, CONFORMANCE_SUITE } from '../paths';

const execute = promisify(execFile);
const LIMIT_MS = 20_000;

/** What the suite tells its client. */
export interface Told {
  /** Address of the server to use. */
  readonly server: string;
  readonly scenario: string;
  /** The revision that the scenario runs at. */
  readonly protocolVersion: string;
  /** What a scenario says besides: calls to make, or the client's credentials. */
  readonly context: {
    readonly toolCalls?: { name: string; arguments: Record<string, unknown> }[];
    readonly client_id?: string;
    readonly client_secret?: string;
    readonly private_key_pem?: string;
    readonly signing_algorithm?: string;
  };
}

export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
  readonly errorMessage?: string;
}

export interface ScenarioReport {
  /** What the suite found. */
  readonly checks: readonly Check[];
  /** Why the client gave up; null when it did not. In some scenarios it must. */
  readonly clientError: unknown;
}

/** Uses the server of a scenario as its client would. */
export type Use = (told: Told) => Promise<unknown>;

interface Run {
  readonly use: Use;
  clientError: unknown;
}

/** The official suite's scenarios for clients, with a function of the test in place of a program. Several may run at once. */
export class ConformanceSuite {
  private readonly runs: Run[] = [];
  private readonly control: Server;

  private constructor() {
    this.control = createServer(async (req, res) => {
      const run = this.runs[Number(req.url?.slice(1))];
      try {
        let body = '';
        for await (const chunk of req) body += chunk;
        await run?.use(JSON.parse(body));
        res.end();
      } catch (error) {
        if (run) run.clientError = error;
        res.writeHead(500).end(error instanceof Error ? error.stack : String(error));
      }
    });
  }

  static async start(): Promise<ConformanceSuite> {
    const suite = new ConformanceSuite();
    suite.control.listen(0, '127.0.0.1');
    await once(suite.control, 'listening');
    return suite;
  }

  /**
   * Runs a scenario at a revision; at the newest one that it is meant for up to 2025-11-25, else at 2026-07-28, when that is left
   * out.
   *
   * @throws {Error} when the suite reports nothing, or takes longer than 20 seconds
   */
  async run(scenario: string, use: Use, specVersion?: string): Promise<ScenarioReport> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-conformance-'));
    const run: Run = { use, clientError: null };
    const at = `http://127.0.0.1:${(this.control.address() as AddressInfo).port}/${this.runs.push(run) - 1}`;
    const command = `${process.execPath} ${CONFORMANCE_CLIENT} ${at}`;
    const version = specVersion === undefined ? [] : ['--spec-version', specVersion];
    try {
      const args = [
        CONFORMANCE_SUITE,
        'client',
        '--command',
        command,
        '--scenario',
        scenario,
        ...version,
        '-o',
        folder,
      ];
      // It ends with an error when a check fails, which the report says better.
      const out = await execute(process.execPath, args, { timeout: LIMIT_MS }).catch((error) => error);
      const report = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
        path.endsWith('checks.json'),
      );
      if (report === undefined) throw new Error(`${scenario}: no report: ${out.stdout} ${out.stderr}`);
      return { checks: JSON.parse(readFileSync(join(folder, report), 'utf8')), clientError: run.clientError };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    this.control.closeAllConnections();
    this.control.close();
    await once(this.control, 'close');
  }
}

/** The checks that did not go as they should. */
export const problemsOf = ({ checks }: ScenarioReport): Check[] =>
  checks.filter(({ status }) => status === 'FAILURE' || status === 'WARNING');
