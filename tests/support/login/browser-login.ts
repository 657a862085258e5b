import { type Browser, chromium, type Page } from 'playwright';
import { browserLaunchOptions } from '../../../scripts/runtime/browser.mjs';
import type { LoginEnd } from './follow-login';

const LIMIT_MS = 10_000;
/** Name, consent and, for a device, code and confirmation: more pages than there are in any login. */
const MAX_PAGES = 8;

interface BrowserLoginOptions {
  /** Who logs in. */
  readonly account?: string;
  /** Presses Cancel on the page that asks for consent. */
  readonly refuses?: boolean;
}

/** A real Chromium that logs in at `startAuthorizationServer`. */
export interface LoginBrowser {
  /**
   * Opens an address as somebody who was never there, and goes through all pages of the server that have a form. What
   * comes then is the end: for a login the client's own page, for a device the server's last word.
   *
   * @throws {Error} when a page does not come within 10 seconds, or the pages do not end
   */
  logIn(url: string, options?: BrowserLoginOptions): Promise<LoginEnd>;
  close(): Promise<void>;
}

export async function startLoginBrowser(): Promise<LoginBrowser> {
  const browser = await chromium.launch(browserLaunchOptions());
  return {
    logIn: (url, options = {}) => logIn(browser, url, options),
    close: () => browser.close(),
  };
}

async function logIn(browser: Browser, url: string, options: BrowserLoginOptions): Promise<LoginEnd> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    // The pages want a font from elsewhere, and would wait for it.
    await page.route(
      ({ hostname }) => hostname !== '127.0.0.1' && hostname !== 'localhost',
      (route) => route.abort(),
    );
    let response = await page.goto(url);
    const { origin } = new URL(url);
    const text = async () => (await page.locator('body').textContent())?.trim() ?? '';
    const isForm = async () => new URL(page.url()).origin === origin && (await page.locator('form').count()) > 0;
    for (let pages = 0; await isForm(); pages += 1) {
      if (pages === MAX_PAGES) throw new Error(`the login does not end: ${await text()}`);
      const [next] = await Promise.all([nextDocument(page), answer(page, options)]);
      response = next;
    }
    return { url: page.url(), status: response?.status() ?? 0, text: await text() };
  } finally {
    await context.close();
  }
}

/** The answer that the next page is made of, once it is loaded. */
async function nextDocument(page: Page) {
  const isPage = (status: number) => status < 300 || status >= 400;
  const [response] = await Promise.all([
    page.waitForResponse((one) => one.request().isNavigationRequest() && isPage(one.status())),
    page.waitForEvent('load'),
  ]);
  return response;
}

async function answer(page: Page, { account = 'ada', refuses = false }: BrowserLoginOptions): Promise<void> {
  const name = page.locator('input[name="login"]');
  if (await name.count()) {
    await name.fill(account);
    await page.locator('input[name="password"]').fill('any');
    await page.locator('[type="submit"]').first().click();
  } else if (refuses) await page.getByRole('link', { name: 'Cancel' }).click();
  else await page.locator('[type="submit"]').first().click();
}
