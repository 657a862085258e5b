import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';

export interface AuditOptions {
  /** Only this part of the page, as a selector. */
  readonly within?: string;
  /** A menu or dialog floats above all landmarks, and its library's focus guards pass the focus on as soon as they get it. */
  readonly isPopupOpen?: boolean;
}

/**
 * What axe finds on the page, a line for each place; empty when there is nothing.
 *
 * Waits until nothing moves: a text that fades in has too little contrast for a moment. The page has no frames, so the
 * check stays inside it (`setLegacyMode`), which also works in Electron and takes half the time.
 */
export async function violations(page: Page, { within, isPopupOpen = false }: AuditOptions = {}): Promise<string[]> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(({ playState, effect }) => playState === 'finished' || effect?.getComputedTiming().endTime === Infinity),
  );
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  if (within) axe.include(within);
  if (isPopupOpen) axe.exclude('[data-base-ui-focus-guard]').disableRules('region');
  const { violations: found } = await axe.analyze();
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`),
  );
}
