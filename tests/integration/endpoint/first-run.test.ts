import { expect } from 'vitest';
import { Window } from '#tests/integration/servers-api/support';
import { hostTest as test } from '#tests/support/hosts/test-host';

const isOpen = async (window: Window) => (await window.call('first_run.get', {})).open;

test('the first steps stay through the run in which the first client comes, and are ended for good', async ({
  startHost,
}) => {
  const host = await startHost();
  const window = await Window.of(host);
  expect(await isOpen(window)).toBe(true);
  host.newClient();
  expect(await isOpen(window)).toBe(true);
  await window.call('first_run.end', {});
  expect(await isOpen(window)).toBe(false);
});

test('what was ended stays so after a restart, also without any client', async ({ startHost }) => {
  const host = await startHost();
  await (await Window.of(host)).call('first_run.end', {});
  await host.stop();
  const again = await startHost({ folder: host.folder });
  expect(await isOpen(await Window.of(again))).toBe(false);
});

test('somebody who starts with clients has taken them already; with an empty Holdfast they are still there', async ({
  startHost,
}) => {
  const host = await startHost();
  await host.stop();
  const again = await startHost({ folder: host.folder });
  expect(await isOpen(await Window.of(again))).toBe(true);
  again.newClient();
  await again.stop();
  expect(await isOpen(await Window.of(await startHost({ folder: host.folder })))).toBe(false);
});
