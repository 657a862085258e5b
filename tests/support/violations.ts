import axe, { type RunOptions } from 'axe-core';
import type { Page } from 'playwright';

/** The rules that a theme can break; whatever the others look at is the same in both. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** What stands above a page, which has been looked at without it. */
const ABOVE = '[role="dialog"], [role="alertdialog"], [role="menu"]';

export interface AuditOptions {
  /** Only what depends on the theme, for a page that was looked at in the other one. */
  readonly onlyColours?: boolean;
}

/**
 * What axe finds on the page, a line for each place; empty when there is nothing. Of a page with a dialog or menu on it, only that
 * is looked at: the rest takes most of the time, and says nothing new.
 *
 * Waits until nothing moves: a text that fades in has too little contrast for a moment.
 */
export async function violations(page: Page, { onlyColours = false }: AuditOptions = {}): Promise<string[]> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ playState, effect }) => playState === 'finished' || effect?.getComputedTiming().endTime === Infinity),
  );
  // Half a megabyte, so once for each document. The page has no frames.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const isBelow = (await page.locator(ABOVE).count()) > 0;
  // A library's focus guards pass the focus on as soon as they get it.
  const where = isBelow ? { include: [ABOVE], exclude: ['[data-base-ui-focus-guard]'] } : { include: [], exclude: [] };
  const how: RunOptions = {
    // What passes is not described, which takes most of the time.
    resultTypes: ['violations'],
    ...(onlyColours && { runOnly: { type: 'rule', values: COLOUR_RULES } }),
    // What floats above all landmarks is in none of them.
    ...(isBelow && !onlyColours && { rules: { region: { enabled: false } } }),
  };
  return page.evaluate(
    async ([context, options]) => {
      const { axe: found } = window as unknown as { axe: typeof axe };
      const { violations } = await found.run(
        { ...context, ...(context.include.length === 0 && { include: document }) },
        options,
      );
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
      );
    },
    [where, how] as const,
  );
}

/**
 * {@link violations} in the theme that the page has, then what depends on colours in the other one, in which the page stays:
 * the system has switched to it.
 */
export async function violationsInBothThemes(page: Page, options: AuditOptions = {}): Promise<string[]> {
  const own = await page.evaluate(() => document.documentElement.dataset.theme);
  const other = own === 'dark' ? 'light' : 'dark';
  const found = await violations(page, options);
  await page.emulateMedia({ colorScheme: other });
  await page.waitForFunction((theme) => document.documentElement.dataset.theme === theme, other);
  const there = await violations(page, { ...options, onlyColours: true });
  return [...found.map((line) => `${own}: ${line}`), ...there.map((line) => `${other}: ${line}`)];
}
