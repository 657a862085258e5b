import { defineConfig } from 'vitest/config';

/** A test or hook that takes longer than this hangs. */
const LIMIT_MS = 20_000;

const project = (name: string) => ({
  extends: true as const,
  test: { name, include: [`tests/${name}/**/*.test.{ts,tsx}`] },
});

export default defineConfig({
  test: {
    environment: 'node',
    testTimeout: LIMIT_MS,
    hookTimeout: LIMIT_MS,
    teardownTimeout: LIMIT_MS,
    projects: ['unit', 'integration', 'renderer', 'package', 'package-check'].map(project),
  },
});
