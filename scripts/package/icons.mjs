// node scripts/package/icons.mjs: draws resources/icons from resources/icon.svg, after the drawing was changed.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { ensureBrowser } from '../runtime/browser.mjs';
import { repositoryRoot } from '../runtime/files/paths.mjs';
import { ICON_SIZES } from './icon-sizes.mjs';

const svg = await readFile(join(repositoryRoot, 'resources/icon.svg'), 'utf8');
const browser = await chromium.launch({ executablePath: await ensureBrowser() });
try {
  const page = await browser.newPage();
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  for (const size of ICON_SIZES) {
    await page.setViewportSize({ width: size, height: size });
    const path = join(repositoryRoot, 'resources/icons', `${size}.png`);
    await page.screenshot({ path, omitBackground: true });
  }
} finally {
  await browser.close();
}
