import type { Page } from 'playwright';

/** Waits until the view has drawn nothing for a tenth of a second: its code and its data come one after the other. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('main').locator('*').first().waitFor();
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        const QUIET_MS = 100;
        const stop = () => {
          drawn.disconnect();
          done();
        };
        let timer = setTimeout(stop, QUIET_MS);
        const drawn = new MutationObserver(() => {
          clearTimeout(timer);
          timer = setTimeout(stop, QUIET_MS);
        });
        drawn.observe(document.body, { childList: true, subtree: true });
      }),
  );
}
