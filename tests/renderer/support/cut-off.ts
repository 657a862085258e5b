import type { Page } from 'playwright';

/**
 * Texts that reach beyond the box they stand in, an ellipsis in their place included, and regions that scroll sideways though
 * they hold no table. Names, and what else may be any length, are left out.
 */
export const cutOff = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const hidden = '[translate="no"], [data-any-length], svg, script, style';
    const boxOf = (element: Element | null): Element | null =>
      element === null || getComputedStyle(element).display !== 'inline' ? element : boxOf(element.parentElement);
    /** What cuts off a box on its way up, as far as what can be scrolled. */
    const clippersOf = (element: Element | null): readonly Element[] => {
      const overflow = element === null ? 'auto' : getComputedStyle(element).overflowX;
      if (element === null || overflow === 'auto' || overflow === 'scroll') return [];
      return [...(overflow === 'visible' ? [] : [element]), ...clippersOf(element.parentElement)];
    };
    const found: string[] = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode as Text;
      const box = boxOf(text.parentElement);
      if (text.data.trim() === '' || !box?.checkVisibility() || box.closest(hidden)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const [said, place] = [range.getBoundingClientRect(), box.getBoundingClientRect()];
      // What only screen readers say takes one pixel.
      if (place.width <= 1 || said.width === 0) continue;
      const isOutside = (at: DOMRect) => said.right > at.right + 1 || said.left < at.left - 1;
      if (isOutside(place) || clippersOf(box).some((element) => isOutside(element.getBoundingClientRect()))) {
        found.push(`${box.localName}: ${text.data} (${Math.round(said.width)} of ${Math.round(place.width)})`);
      }
    }
    for (const area of document.querySelectorAll('.scroll-area')) {
      if (area.scrollWidth > area.clientWidth + 1 && area.querySelector('table') === null) {
        found.push(`${area.getAttribute('aria-label')} scrolls sideways`);
      }
    }
    return found;
  });
