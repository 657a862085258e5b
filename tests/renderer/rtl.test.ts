import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { VIEWS } from '#src/shared/model/views';
import { sessionId } from './harness/worlds';
import { STARTUP_MS, labTest as test } from './support/browser';
import { cutOff } from './support/cut-off';
import { settled } from './support/settled';

const WIDTHS = [720, 1280] as const;
const SEVERAL_PLACES_MS = 90_000;
/** Panes beside lists, and what stands in them. */
const PANES = [`#/sessions/${sessionId(0)}?show=all`, '#/servers/files'] as const;

/** What can be pressed and is covered by something else, and whether the page scrolls sideways. */
const misplaced = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    const found = scrollWidth > clientWidth ? [`the page is ${scrollWidth} wide`] : [];
    /** Whether it is scrolled out of sight, or partly: what is cut off there is not covered. */
    const isOutOfSight = (element: Element, { top, bottom }: DOMRect): boolean => {
      for (let around = element.parentElement; around !== null; around = around.parentElement) {
        const area = around.getBoundingClientRect();
        const isClipped = getComputedStyle(around).overflowY !== 'visible';
        if (isClipped && (top < area.top || bottom > area.bottom)) return true;
      }
      return false;
    };
    for (const element of document.querySelectorAll('button, a[href], input, select, [role="switch"]')) {
      const { x, y, width, height } = element.getBoundingClientRect();
      const [left, top] = [x + width / 2, y + height / 2];
      const isInView = left > 0 && left < clientWidth && top > 0 && top < document.documentElement.clientHeight;
      if (!isInView || width <= 1 || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
        continue;
      if (isOutOfSight(element, element.getBoundingClientRect())) continue;
      const above = document.elementFromPoint(left, top);
      const isClipped = above === null || above.contains(element);
      if (!isClipped && !element.contains(above) && above.closest('label')?.contains(element) !== true) {
        found.push(`${element.localName} “${element.textContent || element.ariaLabel}” is below ${above.localName}`);
      }
    }
    return found;
  });

async function expectInPlace(page: Page, what: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await settled(page);
    expect(await cutOff(page), `${what} at ${width}`).toEqual([]);
    expect(await misplaced(page), `${what} at ${width}`).toEqual([]);
  }
}

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('from right to left, nothing is cut off and nothing covers anything', () => {
  test.for(VIEWS)('in %s', { timeout: SEVERAL_PLACES_MS }, async (view, { visit }) => {
    const page = await visit({ world: view === 'servers' ? 'servers' : 'typical', hash: `#/${view}`, language: 'rtl' });
    expect(await page.evaluate(() => getComputedStyle(document.body).direction)).toBe('rtl');
    await expectInPlace(page, view);
  });

  test.for(PANES)('beside the list at %s', { timeout: SEVERAL_PLACES_MS }, async (hash, { visit }) => {
    await expectInPlace(await visit({ world: 'servers', hash, language: 'rtl' }), hash);
  });
});

test('from right to left, the navigation is on the right, and time still runs to the right', async ({ visit }) => {
  const page = await visit({ world: 'servers', hash: '#/history', language: 'rtl' });
  await settled(page);
  const [navigation, main] = await page.evaluate(() =>
    ['nav', 'main'].map((name) => document.querySelector(name)?.getBoundingClientRect().x ?? 0),
  );
  expect(navigation).toBeGreaterThan(main ?? 0);
  expect(
    await page
      .locator('.chart')
      .first()
      .evaluate((chart) => getComputedStyle(chart).direction),
  ).toBe('ltr');
});

test('the times under a strip stand at its ends', async ({ visit }) => {
  const page = await visit({ world: 'servers', hash: `#/sessions/${sessionId(0)}?show=all`, language: 'rtl' });
  await settled(page);
  const track = await page.locator('.strip-track').first().boundingBox();
  const times = page.locator('[data-strip-ends]');
  expect(await times.evaluate((row) => getComputedStyle(row).direction)).toBe('ltr');
  const box = await times.boundingBox();
  expect(box?.x).toBeCloseTo(track?.x ?? 0, 0);
  expect(box?.width).toBeCloseTo(track?.width ?? 0, 0);
});

test('what covers a button is found', async ({ open }) => {
  const page = await open({ hash: '#/settings', language: 'rtl' });
  await settled(page);
  await page.evaluate(() => {
    const cover = document.createElement('div');
    cover.style.cssText = 'position: fixed; inset: 0; z-index: 99';
    document.body.append(cover);
  });
  expect((await misplaced(page)).length).toBeGreaterThan(0);
});
