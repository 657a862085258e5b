import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { parse } from 'csv-parse/sync';
import { expect, test } from './support/holdfast';

/** Goes to a place in the window, as a link does. */
const goTo = (page: Page, hash: string) =>
  page.evaluate((to) => {
    location.hash = to;
  }, hash);

test('a file is saved where the system is told, and the bundle is one', async ({ holdfast, connect, folder }) => {
  const { window, app } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  /** Answers the dialog of the system: the next file goes to this path. */
  const saveAt = (path: string) =>
    app.evaluate(({ session }, to) => {
      session.defaultSession.prependOnceListener('will-download', (_event, item) => item.setSavePath(to));
      return new Promise<void>((armed) => armed());
    }, path);
  /** How the next download ends. */
  const ended = () =>
    app.evaluate(
      ({ session }) =>
        new Promise<string>((resolve) => {
          session.defaultSession.once('will-download', (_event, item) =>
            item.once('done', (_done, state) => resolve(state)),
          );
        }),
    );

  await goTo(window, '#/activity');
  await window.getByText('health_check').first().waitFor();
  const csv = join(folder, 'calls.csv');
  await saveAt(csv);
  const saved = ended();
  await window.getByRole('button', { name: 'Export…' }).click();
  await window.getByRole('menuitem', { name: /^CSV/ }).click();
  expect(await saved).toBe('completed');
  const rows: Record<string, string>[] = parse(readFileSync(csv), { columns: true, bom: true });
  expect(rows.map(({ name }) => name)).toContain('health_check');

  await goTo(window, '#/diagnostics');
  await window.getByRole('button', { name: 'Bundle for a bug report…' }).click();
  const zip = join(folder, 'bundle.zip');
  await saveAt(zip);
  const bundled = ended();
  await window.getByRole('dialog').getByRole('button', { name: /^Save/ }).click();
  expect(await bundled).toBe('completed');
  expect(readFileSync(zip, 'latin1').slice(0, 2)).toBe('PK');
});

test('a file that cannot be written is told of in the language of the window', async ({
  holdfast,
  connect,
  folder,
}) => {
  const { window, app } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  await goTo(window, '#/settings');
  await window.getByRole('group', { name: 'Language' }).getByRole('button', { name: 'Deutsch' }).click();
  await window.getByRole('heading', { level: 1, name: 'Einstellungen' }).waitFor();
  // A file lies where its folder should.
  const told = app.evaluate(
    ({ session, dialog }, to) =>
      new Promise<string>((resolve) => {
        session.defaultSession.prependOnceListener('will-download', (_event, item) => item.setSavePath(to));
        // With the window it belongs to, or alone.
        dialog.showMessageBox = (...given: unknown[]) => {
          resolve((given.at(-1) as { message: string }).message);
          return Promise.resolve({ response: 0, checkboxChecked: false });
        };
      }),
    join(folder, 'no-such-file', 'calls.csv'),
  );
  writeFileSync(join(folder, 'no-such-file'), 'this is no folder');
  await goTo(window, '#/activity');
  await window.getByText('health_check').first().waitFor();
  await window.getByRole('button', { name: 'Exportieren …', exact: true }).click();
  await window.getByRole('menuitem', { name: /^CSV/ }).click();
  expect(await told).toBe('Die Datei wurde nicht gespeichert');
});

test('nothing else can be downloaded', async ({ holdfast }) => {
  const { window, app } = holdfast;
  const refused = app.evaluate(
    ({ session }) =>
      new Promise<boolean>((resolve) => {
        session.defaultSession.once('will-download', (event) => resolve(event.defaultPrevented));
      }),
  );
  await window.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'data:text/plain,evil';
    link.download = 'evil.txt';
    link.click();
  });
  expect(await refused).toBe(true);
});
