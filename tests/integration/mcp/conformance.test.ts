import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ClientPolicy } from '#src/shared/contract/client';
import { removeFolder } from '#tests/support/fixtures';
import { type McpHost, startMcpHost } from '#tests/support/hosts/mcp-host';
import { CONFORMANCE_SUITE } from '#tests/support/paths';
import { type KeyProxy, startKeyProxy } from '#tests/support/proxies/key-proxy';

/** The official conformance suite against the real endpoint. It cannot send a key: a proxy in front adds it. */
const LIMIT_MS = 60_000;

interface Leg {
  readonly policy: ClientPolicy;
  readonly version: string;
  /** Scenarios that need nothing of the server but the protocol, with the checks that a server without fixtures fails. */
  readonly scenarios: Readonly<Record<string, readonly string[]>>;
  /** Scenarios that are about something that Holdfast's own tools do not have, by what that is. */
  readonly notOurs: Readonly<Record<string, readonly string[]>>;
}

const RESOURCES = [
  'resources-list',
  'resources-read-text',
  'resources-read-binary',
  'resources-templates-read',
] as const;
const PROMPTS = [
  'prompts-list',
  'prompts-get-simple',
  'prompts-get-with-args',
  'prompts-get-embedded-resource',
  'prompts-get-with-image',
] as const;
const TOOLS = [
  'tools-call-simple-text',
  'tools-call-image',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-mixed-content',
  'tools-call-error',
  'tools-call-with-progress',
  'json-schema-2020-12',
] as const;

const LEGS: readonly Leg[] = [
  {
    policy: 'sessionful',
    version: '2025-11-25',
    scenarios: {
      'server-initialize': [],
      'server-session-lifecycle': [],
      ping: [],
      'tools-list': [],
      'server-sse-multiple-streams': [],
      'dns-rebinding-protection': [],
    },
    notOurs: {
      'tools of its own': [
        ...TOOLS,
        'tools-call-with-logging',
        'tools-call-sampling',
        'tools-call-elicitation',
        'elicitation-sep1034-defaults',
        'elicitation-sep1330-enums',
        'server-sse-polling',
      ],
      resources: [...RESOURCES, 'resources-subscribe', 'resources-unsubscribe'],
      'prompts and completion': [...PROMPTS, 'completion-complete'],
      logging: ['logging-set-level'],
    },
  },
  {
    policy: 'stateless',
    version: '2026-07-28',
    scenarios: {
      'server-stateless': [
        // Each of these asks for a diagnostic tool of the suite.
        'sep-2575-server-rejects-undeclared-capability',
        'sep-2575-missing-capability-http-400',
        'sep-2575-http-server-no-independent-requests-on-stream',
        'sep-2575-server-no-log-without-loglevel',
      ],
      'tools-list': [],
      'server-sse-multiple-streams': [],
      'dns-rebinding-protection': [],
      'http-header-validation': [],
      'sep-2164-resource-not-found': [],
      'input-required-result-unsupported-methods': [],
    },
    notOurs: {
      'tools of its own': [...TOOLS, 'http-custom-header-server-validation'],
      resources: RESOURCES,
      'resources and prompts': ['caching'],
      'prompts and completion': [...PROMPTS, 'completion-complete'],
      'tools that ask the client': [
        'input-required-result-basic-elicitation',
        'input-required-result-basic-sampling',
        'input-required-result-basic-list-roots',
        'input-required-result-request-state',
        'input-required-result-multiple-input-requests',
        'input-required-result-multi-round',
        'input-required-result-missing-input-response',
        'input-required-result-non-tool-request',
        'input-required-result-result-type',
        'input-required-result-tampered-state',
        'input-required-result-capability-check',
        'input-required-result-ignore-extra-params',
        'input-required-result-validate-input',
      ],
    },
  },
];

interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
}

const run = promisify(execFile);

describe.each(LEGS)('the $policy leg conforms to $version', ({ policy, version, scenarios, notOurs }) => {
  let host: McpHost;
  let proxy: KeyProxy;

  beforeAll(async () => {
    host = await startMcpHost();
    proxy = await startKeyProxy(host.url.replace(/\/mcp$/, ''), host.newClient(policy).key);
  });
  afterAll(async () => {
    await proxy.close();
    await host.stop();
    removeFolder(host.folder);
  });

  test.each(Object.entries(scenarios))(
    '%s',
    async (scenario, expectedFailures) => {
      const checks = await checksOf(scenario);
      const failed = checks.filter(({ status }) => status === 'FAILURE').map(({ id }) => id);
      expect(failed.sort()).toEqual([...expectedFailures].sort());
      expect(
        checks.some(({ status }) => status === 'SUCCESS'),
        'something was checked',
      ).toBe(true);
    },
    LIMIT_MS,
  );

  test(
    'every scenario of the suite is either run or known to be about something else',
    async () => {
      const { stdout } = await run(process.execPath, [
        CONFORMANCE_SUITE,
        'list',
        '--server',
        '--spec-version',
        version,
      ]);
      const listed = [...stdout.matchAll(/^ {2}- (\S+) \[(.*)\]$/gm)].filter(
        ([, , versions]) => versions !== 'extension',
      );
      const known = [...Object.keys(scenarios), ...Object.values(notOurs).flat()];
      expect(known.sort()).toEqual(listed.map(([, name]) => name).sort());
    },
    LIMIT_MS,
  );

  async function checksOf(scenario: string): Promise<Check[]> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-conformance-'));
    const args = [
      CONFORMANCE_SUITE,
      'server',
      '--url',
      `${proxy.url}/mcp`,
      '--scenario',
      scenario,
      '--spec-version',
      version,
    ];
    try {
      // It exits with 1 for a failed check: its report says which.
      await run(process.execPath, [...args, '-o', folder], { timeout: LIMIT_MS }).catch(() => {});
      const [report] = readdirSync(folder);
      return JSON.parse(readFileSync(join(folder, report ?? '', 'checks.json'), 'utf8'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
