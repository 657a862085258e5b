import { describe, expect } from 'vitest';
import { VIEWS, type View } from '#src/shared/model/views';
import { sessionId } from './harness/worlds';
import { STARTUP_MS, labTest as test } from './support/browser';
import { settled } from './support/settled';
import { untranslated } from './support/untranslated';

const CLAUDE = sessionId(0);
const GONE = sessionId(2);
const SEVERAL_PLACES_MS = 60_000;

/** Places of each view that show something else than the view itself. */
const PLACES: Readonly<Partial<Record<View, readonly (readonly [world: string, hash: string])[]>>> = {
  overview: [
    ['typical', '#/overview?link=unknown'],
    ['flapping', '#/overview'],
    ['empty', '#/overview'],
    ['waiting', '#/overview'],
    ['servers', '#/overview'],
    ['logins', '#/overview'],
    ['failed logins', '#/overview'],
    ['first', '#/overview'],
  ],
  sessions: [
    ['typical', '#/sessions?probes=1'],
    ['typical', '#/sessions?q=status%3Aasleep'],
    ['typical', '#/sessions?q=is%3Ax'],
    ['typical', '#/sessions?q=age%3Ax'],
    ['typical', '#/sessions?q=calls%3Ax'],
    ['typical', '#/sessions?q=nothing'],
    ['empty', '#/sessions'],
    ['typical', `#/sessions/${GONE}?show=all`],
    ['typical', `#/sessions/${CLAUDE}?show=failed`],
    ['servers', `#/sessions/${CLAUDE}?show=all`],
    ['logins', `#/sessions/${CLAUDE}`],
    ['typical', '#/sessions/no-such-session'],
  ],
  servers: [
    ['servers', '#/servers'],
    ['servers', '#/servers/files'],
    ['logins', '#/servers'],
    ['failed logins', '#/servers'],
    ['empty', '#/servers'],
  ],
  history: [
    ['servers', '#/history'],
    ['typical', '#/history?range=30d'],
    ['typical', '#/history?range=1h&show=table'],
    ['empty', '#/history'],
  ],
  connect: [
    ['empty', '#/connect'],
    ['waiting', '#/connect'],
    ['connected', '#/connect'],
  ],
};

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('every text is in the catalogue', () => {
  test.for(VIEWS)('of %s', { timeout: SEVERAL_PLACES_MS }, async (view, { visit }) => {
    for (const [world, hash] of [['typical', `#/${view}`] as const, ...(PLACES[view] ?? [])]) {
      const page = await visit({ world, hash, language: 'pseudo' });
      await settled(page);
      expect(await untranslated(page), `${world} ${hash}`).toEqual([]);
    }
  });

  test(
    'of the menus, dialogs and messages of a session',
    async ({ open }) => {
      const page = await open({ hash: `#/sessions/${CLAUDE}`, language: 'pseudo', reducedMotion: 'reduce' });
      const popup = async (role: 'menu' | 'dialog' | 'alertdialog', act: () => Promise<void>) => {
        await act();
        await page.getByRole(role).waitFor();
        expect(await untranslated(page)).toEqual([]);
        await page.keyboard.press('Escape');
        await page.getByRole(role).waitFor({ state: 'hidden' });
      };
      const button = (name: string) => page.getByRole('button', { name });
      const item = async (name: string) => {
        await button('More actions').click();
        await page.getByRole('menuitem', { name }).click();
      };
      await popup('menu', () => button('Connection').click());
      await popup('menu', () => button('Theme').click());
      await popup('dialog', () => button('Filter help').click());
      await popup('menu', () => button('More actions').click());
      await popup('dialog', () => item('Name this session'));
      await popup('dialog', async () => {
        await item('Bundle for a bug report…');
        await page.getByRole('dialog').getByRole('listitem').first().waitFor();
      });
      await popup('menu', () => button('Export…').first().click());
      await popup('alertdialog', () => item('End session'));
      await popup('dialog', async () => {
        await button('Issue token').click();
        await page.getByRole('dialog').getByRole('button', { name: 'Issue token' }).click();
        await page.locator('[data-secret]').waitFor();
      });
      await page.getByRole('button', { name: '⟦Disconnect⟧', exact: true }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Disconnect' }).click();
      await page.getByText('was disconnected').waitFor();
      expect(await untranslated(page)).toEqual([]);
    },
    SEVERAL_PLACES_MS,
  );

  test('of a message, the failures above it and what happened around it', async ({ open }) => {
    const page = await open({ hash: '#/activity?q=colour%3Ax', language: 'pseudo' });
    await page.evaluate((session_id) => {
      const { activity } = window.world;
      activity.add(400, { session_id });
      activity.add(1, { session_id, held_ms: 9, first_ms: 10, outcome: 'lost', error: null, kind: 'request' });
      activity.output = [{ at: activity.rows.at(-1)?.at ?? 0, text: '9', pid: 4711 }];
      window.world.append({ kind: 'stream_lost', at: Date.now(), session_id, payload: {} });
      const events = window.world.log.slice(-1);
      activity.events = () => events;
    }, CLAUDE);
    await page.evaluate(() => window.bridge.resync());
    await page.getByRole('button', { name: 'failed, ' }).click();
    await page.locator('[data-outcome="lost"]').click();
    await page.getByRole('region', { name: 'Around this moment' }).getByRole('listitem').first().waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.evaluate(() => window.world.activity.add(3));
    await page.getByRole('button', { name: ' new' }).waitFor();
    expect(await untranslated(page)).toEqual([]);
  });

  test('of the palette and the list of keys', async ({ open }) => {
    const page = await open({ world: 'servers', language: 'pseudo' });
    for (const overlay of ['palette', 'keys'] as const) {
      await page.evaluate((shown) => window.store.getState().actions.showOverlay(shown), overlay);
      await page.getByRole('dialog').waitFor();
      expect(await untranslated(page)).toEqual([]);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
    }
  });

  test('of how long a client waits', async ({ open }) => {
    const page = await open({ hash: '#/connect', language: 'pseudo' });
    await page.getByRole('button', { name: 'Waits' }).first().click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Enter a whole number').waitFor();
    expect(await untranslated(page)).toEqual([]);
  });

  test('of the frame while Holdfast is away', async ({ open }) => {
    const page = await open({ language: 'pseudo' });
    await page.evaluate(() => window.store.getState().actions.disconnectStream());
    await page.getByRole('button', { name: 'Offline' }).waitFor();
    expect(await untranslated(page)).toEqual([]);
  });
});

test('a text that is in no catalogue is found', async ({ open }) => {
  const page = await open({ hash: '#/overview', language: 'pseudo' });
  await page.evaluate(() => {
    document.querySelector('main')?.insertAdjacentHTML('beforeend', '<p title="A title">Plain<b> words</b> ⟦not⟧</p>');
    document.querySelector('main')?.insertAdjacentHTML('beforeend', '<p translate="no">A name</p>');
  });
  expect(await untranslated(page)).toEqual(['p[title]: A title', 'p: Plain', 'b: words']);
});
