import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { DE } from '#src/shared/messages/de';
import { EN, type MessageId } from '#src/shared/messages/en';
import { sessionId } from './harness/worlds';
import { STARTUP_MS, labTest as test } from './support/browser';
import { cutOff } from './support/cut-off';
import { settled } from './support/settled';

const SIZES = [
  { width: 1280, height: 800 },
  { width: 720, height: 480 },
] as const;
const SEVERAL_PLACES_MS = 60_000;
const CLAUDE = sessionId(0);
const GONE = sessionId(2);

const PLACES = [
  ['typical', '#/overview'],
  ['servers', '#/overview'],
  ['empty', '#/overview'],
  ['flapping', '#/sessions?probes=1'],
  ['typical', `#/sessions/${GONE}`],
  ['servers', `#/sessions/${CLAUDE}?show=all`],
  ['servers', '#/history'],
  ['typical', '#/history?show=table'],
  ['typical', '#/activity'],
  ['servers', '#/servers'],
  ['servers', '#/servers/files'],
  ['servers', '#/servers/database'],
  ['servers', '#/servers/tickets'],
  ['logins', '#/servers'],
  ['empty', '#/servers'],
  ['typical', '#/connect'],
  ['empty', '#/connect'],
  ['typical', '#/settings'],
  ['typical', '#/diagnostics'],
] as const;

/** What opens above the views of servers, and beside them; each from a fresh page. */
const OPENED: readonly (readonly [
  what: string,
  world: string,
  hash: string,
  open: (page: Page) => Promise<unknown>,
])[] = [
  ['the form', 'servers', '#/servers', (page) => press(page, 'Server hinzufügen')],
  ['the form of an address', 'servers', '#/servers/tickets', (page) => press(page, 'Bearbeiten')],
  ['import', 'servers', '#/servers', (page) => press(page, 'Importieren')],
  ['a command to confirm', 'servers', '#/servers/notes', (page) => press(page, 'Befehl prüfen')],
  ['stopping', 'servers', '#/servers/files', (page) => press(page, 'Stoppen')],
  ['a test', 'servers', '#/servers/files', (page) => press(page, 'Testen')],
  ['a login', 'logins', '#/servers', (page) => press(page, 'Anmelden')],
  [
    'a set',
    'servers',
    '#/servers',
    async (page) => {
      await press(page, 'Profile');
      await press(page, 'Neues Profil');
    },
  ],
  ['a bundle', 'typical', '#/diagnostics', (page) => press(page, 'Paket für einen Fehlerbericht …')],
  ['the palette', 'servers', '#/overview', (page) => page.keyboard.press('Control+k')],
  ['the keys', 'servers', '#/overview', (page) => page.keyboard.press('?')],
];

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click();

/** English texts without values that are said otherwise in German and are long enough to be nothing else. */
const ENGLISH = new Set<string>(
  (Object.keys(EN) as MessageId[]).flatMap((id) =>
    EN[id] !== DE[id] && !/[{<]/.test(EN[id]) && EN[id].length >= 5 ? [EN[id]] : [],
  ),
);
const IS_GERMAN = new Set<string>(Object.values(DE));

/** What is said on the page: each text and each attribute that is said, by itself. Names are left out. */
const said = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const texts: string[] = [];
    const walk = (element: Element) => {
      if (element.getAttribute('translate') === 'no') return;
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-description']) {
        const text = element.getAttribute(name);
        if (text) texts.push(text);
      }
      for (const child of element.childNodes) {
        if (child instanceof Text && child.data.trim() !== '') texts.push(child.data.trim());
        else if (child instanceof Element) walk(child);
      }
    };
    walk(document.body);
    return texts;
  });

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

/** Fails if anything is cut off, at each size of the window. */
async function expectToFit(page: Page): Promise<void> {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await settled(page);
    expect(await cutOff(page), `at ${size.width} × ${size.height}`).toEqual([]);
  }
}

async function expectGerman(page: Page): Promise<void> {
  const english = (await said(page)).filter((text) => ENGLISH.has(text) && !IS_GERMAN.has(text));
  expect(english).toEqual([]);
}

describe('at every size', () => {
  test.for(PLACES)('%s %s fits in English', { timeout: SEVERAL_PLACES_MS }, async ([world, hash], { visit }) => {
    await expectToFit(await visit({ world, hash }));
  });

  test.for(PLACES)(
    '%s %s fits in German, and is German',
    { timeout: SEVERAL_PLACES_MS },
    async ([world, hash], { visit }) => {
      const page = await visit({ world, hash, language: 'de' });
      await expectToFit(page);
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('de');
      await expectGerman(page);
    },
  );

  test.for(OPENED)(
    '%s fits in German, and is German',
    { timeout: SEVERAL_PLACES_MS },
    async ([, world, hash, show], { visit }) => {
      const page = await visit({ world, hash, language: 'de' });
      await settled(page);
      await show(page);
      const opened = page.locator('[role="dialog"], [role="alertdialog"]').and(page.locator(':not([data-toasts] *)'));
      await opened.first().waitFor();
      await expectToFit(page);
      await expectGerman(page);
      for (; (await opened.count()) > 0; await settled(page)) await page.keyboard.press('Escape');
    },
  );
});

test.for([undefined, 'de'] as const)(
  'the table of clients has no part out of sight (%s)',
  async (language, { visit }) => {
    const page = await visit({ world: 'typical', hash: '#/connect', language });
    const table = page.locator('.scroll-area:has(> table)');
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await settled(page);
      const [all, seen] = await table.evaluate((area) => [area.scrollWidth, area.clientWidth]);
      expect(all, `at ${size.width}`).toBeLessThanOrEqual(seen);
    }
  },
);

test('nothing covers the tools of the list of sessions beside an open pane', async ({ visit }) => {
  const page = await visit({ world: 'typical', hash: `#/sessions/${GONE}`, language: 'de' });
  await page.setViewportSize({ width: 720, height: 480 });
  await settled(page);
  // A click that would land on the pane never succeeds.
  await page
    .getByRole('button', { name: 'Exportieren …' })
    .first()
    .click({ trial: true, position: { x: 30, y: 12 } });
});

describe('dates and numbers', () => {
  test('are written as in German', async ({ visit }) => {
    const page = await visit({ hash: '#/history', language: 'de' });
    await settled(page);
    const day = new Intl.DateTimeFormat('de', { weekday: 'short', day: 'numeric', month: 'short' }).format(new Date());
    await page.getByRole('region', { name: 'Ereignisse' }).getByText(day, { exact: true }).waitFor();
    expect(await page.locator('.chart').first().getAttribute('aria-valuetext')).toContain('Letzte 24 Stunden');
  });
});
