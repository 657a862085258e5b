import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** A test or hook that takes longer than this hangs. */
const LIMIT_MS = 20_000;
/** What is looked for again and again comes within this, on a busy machine too. */
const POLL_MS = 5_000;
/** Tests mostly wait for processes of their own: with as many files as cores, half of the time nothing would happen. */
const WORKERS = availableParallelism() + 1;
/** They kill, wake and time, so files that keep both cores busy stay away. `npm test` runs them beside e2e. */
const ALONE = ['tests/integration/durable/**/*.test.ts', 'tests/integration/mcp/real-clients.test.ts'];

const project = (name: string) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.{ts,tsx}`], exclude: ALONE, maxWorkers: WORKERS },
});

export default defineConfig({
  test: {
    environment: 'node',
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    teardownTimeout: LIMIT_MS,
    expect: { poll: { timeout: POLL_MS } },
    projects: [
      ...['unit', 'integration', 'package', 'package-check', 'clients-check'].map(project),
      {
        extends: true as const,
        test: { ...project('renderer').test, globalSetup: 'tests/renderer/harness/global-setup.ts' },
      },
      {
        extends: true as const,
        test: { name: 'durable', include: ALONE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
