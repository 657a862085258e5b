import { _electron } from 'playwright';
import { electronLaunchOptions } from '../../scripts/runtime/electron/electron.mjs';
import { freePort } from './headless.mjs';
import { findRunning } from './running.mjs';

const SHOWN_MS = 30_000;

/**
 * Opens the real window on a data folder.
 *
 * @param {import('./context.mjs').Context} context
 * @param {string} folder
 * @param {Record<string, string>} [more] of the environment
 */
export async function openWindow(context, folder, more = {}) {
  const { env } = context.runtime;
  const app = await _electron.launch({
    ...electronLaunchOptions(),
    env: /** @type {Record<string, string>} */ ({
      ...env,
      HOLDFAST_DATA_DIR: folder,
      HOLDFAST_SECRETS: 'file',
      HOLDFAST_PORT: String(await freePort()),
      ...more,
    }),
    timeout: SHOWN_MS,
  });
  const close = () => app.close();
  context.defer(close);
  const page = await app.firstWindow({ timeout: SHOWN_MS });
  page.setDefaultTimeout(SHOWN_MS);
  await page.locator('[data-connection="live"]').waitFor({ state: 'attached' });
  const { url, admin_key: key } = findRunning(folder);
  return { app, page, url, key, close };
}

/**
 * @param {import('playwright').Page} page
 * @param {string} hash for example `#/sessions`
 */
export async function showView(page, hash) {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
}
