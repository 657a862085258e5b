import type { Page } from '@playwright/test';

/** Where Holdfast usually keeps its data on Linux. */
const USUAL_PLACE = '~/.config/Holdfast';

/** Takes a picture of the window. The data folder of the run, which is of no interest, is shown as the usual place. */
export async function shoot(window: Page, folder: string, path: string): Promise<void> {
  await window.evaluate(
    ([from, to]) => {
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        if (node.nodeValue?.includes(from)) node.nodeValue = node.nodeValue.replaceAll(from, to);
      }
    },
    [folder, USUAL_PLACE] as const,
  );
  await window.screenshot({ path, animations: 'disabled' });
}
