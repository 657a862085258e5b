import axe, { type RunOptions } from 'axe-core';
import type { Page } from 'playwright';

/** The rules that a theme can break; whatever the others look at is the same in both. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** A dialog that shuts off the page below it, which has been looked at without it. A library's toasts have these roles, too. */
const DIALOG = ['[role="dialog"][data-dialog]', '[role="alertdialog"]:not([data-toasts] *)'].join(', ');
/** What a page is used beside. It floats above all landmarks. */
const POPUP = ['[role="menu"]', '[role="dialog"]:not([data-dialog], [data-toasts] *)'].join(', ');

export interface AuditOptions {
  /** Only what depends on the theme, for a page that was looked at in the other one. */
  readonly onlyColours?: boolean;
}

/**
 * What axe finds on the page, a line for each place; empty when there is nothing. Of a page with a dialog on it, only that is
 * looked at, and that nothing below can have the focus: the rest takes most of the time, and says nothing new.
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
  const [isBelow, hasPopup] = await Promise.all(
    [DIALOG, POPUP].map(async (one) => (await page.locator(one).count()) > 0),
  );
  // A library's focus guards pass the focus on as soon as they get it.
  const exclude = isBelow || hasPopup ? ['[data-base-ui-focus-guard]'] : [];
  const how: RunOptions = {
    // What passes is not described, which takes most of the time.
    resultTypes: ['violations'],
    ...(onlyColours && { runOnly: { type: 'rule', values: COLOUR_RULES } }),
    ...((isBelow || hasPopup) && !onlyColours && { rules: { region: { enabled: false } } }),
  };
  const below: RunOptions = { resultTypes: ['violations'], runOnly: { type: 'rule', values: ['aria-hidden-focus'] } };
  return page.evaluate(
    async ([above, without, options, more]) => {
      const { axe: found } = window as unknown as { axe: typeof axe };
      const results = [await found.run({ include: above === null ? document : [above], exclude: without }, options)];
      if (more) results.push(await found.run({ include: document, exclude: without }, more));
      return results
        .flatMap(({ violations: all }) => all)
        .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`));
    },
    [isBelow ? DIALOG : null, exclude, how, isBelow && !onlyColours ? below : null] as const,
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
