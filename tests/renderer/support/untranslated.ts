import type { Page } from 'playwright';

/**
 * What a page in the language `pseudo` says with Latin letters outside the marks of the catalogue, each with the element that
 * says it. Elements with `translate="no"`, attributes that repeat one of them, places in files (`servers.json:3:`) and the
 * name of the product are left out.
 */
export const untranslated = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const SAID = ['aria-label', 'title', 'placeholder', 'alt', 'aria-description', 'aria-valuetext'];
    const names = new Set([...document.querySelectorAll('[translate="no"]')].map((element) => element.textContent));
    const found: string[] = [];
    /** How many marks are open: a text with elements in it is several nodes. */
    let depth = 0;
    const outside = (text: string): string => {
      let out = '';
      for (const char of text) {
        if (char === '⟦') depth += 1;
        else if (char === '⟧') depth -= 1;
        else if (depth === 0) out += char;
      }
      return out;
    };
    const judge = (text: string, where: string) => {
      if (/\p{Script=Latin}/u.test(outside(text.replaceAll(/\S+:\d+: /g, '')).replaceAll('Holdfast', '')))
        found.push(`${where}: ${text.trim()}`);
    };
    const walk = (element: Element) => {
      if (element.getAttribute('translate') === 'no' || element.matches('script, style')) return;
      for (const name of SAID) {
        const text = element.getAttribute(name);
        if (text !== null && !names.has(text)) judge(text, `${element.localName}[${name}]`);
      }
      for (const child of element.childNodes) {
        if (child instanceof Text) judge(child.data, element.localName);
        else if (child instanceof Element) walk(child);
      }
    };
    judge(document.title, 'title');
    walk(document.body);
    if (depth !== 0) found.push(`${depth} marks were left open`);
    return found;
  });
