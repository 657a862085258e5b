import { describe, expect } from 'vitest';
import { violationsInBothThemes } from '#tests/support/violations';
import { STARTUP_MS, labTest as test } from './support/browser';

test.beforeAll(({ lab }) => void lab, STARTUP_MS);

describe('what changed behind the back of clients', () => {
  test('is shown line by line with nothing hidden, and accepted', { timeout: 60_000 }, async ({ open }) => {
    const page = await open({ world: 'servers', hash: '#/servers', reducedMotion: 'reduce' });
    await page.evaluate(() => {
      const { servers } = window.world;
      const changed_at = Date.now() - 120_000;
      servers.changes.set('database', {
        changes: [
          {
            tool: 'open_db',
            changed_at,
            held: true,
            fields: [
              {
                field: 'description',
                before: 'Opens it.',
                after: 'Opens \u202eit.',
                lines: [
                  { mark: '-', text: 'Opens it.' },
                  { mark: '+', text: 'Opens \u202eit.' },
                ],
              },
            ],
          },
          {
            tool: null,
            changed_at,
            held: false,
            fields: [
              {
                field: 'version',
                before: '1.0',
                after: '1.1',
                lines: [
                  { mark: '-', text: '1.0' },
                  { mark: '+', text: '1.1' },
                ],
              },
            ],
          },
        ],
        more: 0,
      });
      servers.change('database', {
        tool_changes: { changed: 1, unseen: 1, held: 1, version: true },
        lists: { heard_at: Date.now() - 7_200_000, from_memory: true },
        state: 'circuit_open',
      });
    });
    await page.locator('[data-server-row="database"]').click();
    const pane = page.getByRole('region', { name: 'database', exact: true });
    await pane.getByText('Tools are still listed, from memory: as of 2 h ago').waitFor();
    await pane.getByText('1 tool changed after use').click();
    await pane.getByText('+ Opens \\u202eit.').waitFor();
    await pane.getByText('Version changed').waitFor();
    expect(await violationsInBothThemes(page)).toEqual([]);
    await pane.getByRole('button', { name: 'Accept the change of open_db' }).click();
    await pane.getByText('1 tool changed after use').waitFor({ state: 'detached' });
  });
});
