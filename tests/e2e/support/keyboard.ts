import { expect, type Locator, type Page } from '@playwright/test';

/** More stops than any view has. */
const MOST_STOPS = 150;

/** A person at the keyboard: every step is keys, and after every step the focus is somewhere, and to be seen. */
export class Keyboard {
  private readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Presses keys one after the other, such as `Control+k` or `Enter`. */
  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      await this.expectFocus(`after ${key}`);
    }
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    await this.expectFocus(`after typing ${text}`);
  }

  /** Tab, until the element has the focus. */
  async tabTo(target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    await expect(target).toBeVisible();
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await this.press(key);
    }
    throw new Error(`Tab does not lead to ${target}.`);
  }

  /** Opens the palette and picks the first thing that it finds. */
  async find(text: string, first: string | RegExp = text): Promise<void> {
    await this.press('Control+k');
    await expect(this.page.getByRole('combobox', { name: /^Find/ })).toBeFocused();
    await this.type(text);
    await expect(this.page.getByRole('option', { selected: true })).toContainText(first);
    await this.page.keyboard.press('Enter');
    await expect(this.page.locator('[data-palette]')).toHaveCount(0);
    await this.expectFocus(`after picking ${text}`);
  }

  /** Goes down an open menu to an item, and picks it. */
  async pick(name: string): Promise<void> {
    const item = this.page.getByRole('menuitem', { name });
    await expect(item).toBeVisible();
    await this.press('Home');
    for (let stop = 0; stop < MOST_STOPS; stop += 1) {
      if (await item.evaluate((element) => element === document.activeElement)) return this.press('Enter');
      await this.press('ArrowDown');
    }
    throw new Error(`The menu does not lead to ${name}.`);
  }

  /** Something has the focus, and one can see what. Waits, as a dialog takes the focus in its own time. */
  async expectFocus(when: string): Promise<void> {
    await expect.poll(() => this.page.evaluate(focusProblem), { message: `the focus ${when}` }).toBeNull();
  }
}

/** What is wrong with the focus, or null. Runs in the page. */
function focusProblem(): string | null {
  const element = document.activeElement;
  if (element === null || element === document.body) return 'nothing has the focus';
  if (!element.matches(':focus-visible')) return `it is not shown: ${element.outerHTML.slice(0, 200)}`;
  // A menu marks its item by a background.
  if (element.matches('[data-highlighted]')) return null;
  // A dialog that has just opened, and the box of the palette, are seen as a whole.
  if (element.closest('[data-palette]') || element.matches('[data-dialog], [role="alertdialog"], [role="menu"]'))
    return null;
  // A radio button is marked by its label.
  const isOutlined = [element, element.closest('label')].some((one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one ?? element);
    return outlineStyle !== 'none' && outlineWidth !== '0px';
  });
  if (!isOutlined) return `it has no outline: ${element.outerHTML.slice(0, 200)}`;
  const { width, height } = element.getBoundingClientRect();
  return width > 0 && height > 0 ? null : `it has no size: ${element.outerHTML.slice(0, 200)}`;
}
