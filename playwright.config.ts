import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'tests/e2e',
  // Every test drives a real window and a real server; side by side they would fight for the display's focus.
  workers: 1,
  // What passes only then is named at the end of the run.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000,
  globalTimeout: 20 * 60_000,
  // Emptied at the start of every run, so the report is kept beside it.
  outputDir: 'test-results/e2e',
  reporter: [['list'], ['json', { outputFile: 'test-results/e2e.json' }]],
  // A trace takes a picture of every step, which doubles the work of a run. For one on your machine: `--trace on`.
  use: { screenshot: 'only-on-failure', trace: 'on-first-retry' },
});
