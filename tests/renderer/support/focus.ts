import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';

/** Waits until something of the page has the focus: Tab goes on from there, and not from the top of the window. */
export const expectFocus = (page: Page, when: string): Promise<void> =>
  expect
    .poll(() => page.evaluate(() => (document.activeElement ?? document.body).tagName), {
      message: `the focus ${when}`,
    })
    .not.toBe('BODY');

/** Waits until the element has the focus. */
export const expectFocusOn = (element: Locator, when: string): Promise<void> =>
  expect
    .poll(() => element.evaluate((one) => one === document.activeElement), { message: `the focus ${when}` })
    .toBe(true);
