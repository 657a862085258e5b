import { defineConfig } from '@playwright/test';
import usual from '../../playwright.config';

/** The main flows, in the window of a packaged Holdfast (HOLDFAST_E2E_APP). */
export default defineConfig(usual, {
  testDir: '..',
  testMatch: [
    'package-check/packaged.spec.ts',
    ...['background', 'connect', 'instance', 'links', 'reconnect', 'security', 'servers', 'settings'].map(
      (name) => `e2e/${name}.spec.ts`,
    ),
  ],
  outputDir: '../../test-results/package-check',
  reporter: [['list']],
});
