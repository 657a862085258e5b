import { readEndpointFile } from '#src/main/platform/endpoint-file';
import { closeWindow, launchHidden, startAgain } from './support/background';
import { expect, launchHoldfast, test } from './support/holdfast';

const NOWHERE = 'leads to no place in Holdfast';

test('a second start with a link opens the place in the first window', async ({ holdfast, connect, folder }) => {
  const { app, window } = holdfast;
  const client = await connect({ key: await holdfast.newKey('laptop') });
  await client.call('health_check');
  const { sessions } = await holdfast.admin<{ sessions: { session_id: string }[] }>('/api/mcp/sessions');
  const path = `sessions/${sessions[0]?.session_id}`;
  await window.evaluate(() => document.body.setAttribute('data-same-page', ''));

  // The same link twice: the page must not be loaded anew.
  for (const _ of [1, 2]) {
    expect(await startAgain(folder, [`holdfast://${path}`])).toMatchObject({ code: 0 });
    await expect.poll(() => new URL(window.url()).hash).toBe(`#/${path}`);
    await expect(window.locator('body[data-same-page]')).toBeVisible();
  }
  await startAgain(folder, ['holdfast://servers/']);
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Servers');

  await startAgain(folder, ['holdfast://servers/x?confirm=1#/connect']);
  await expect(window.getByRole('heading', { level: 1 })).toHaveText('Overview');
  await expect(window.getByRole('list', { name: 'Notices' })).toContainText(NOWHERE);
  await expect(window.locator('body[data-same-page]')).toBeVisible();
  expect(app.windows()).toHaveLength(1);
  expect(new URL(window.url()).hash).not.toContain('confirm');

  // Said once: the window that opens next is a plain overview.
  await closeWindow(app);
  const again = app.waitForEvent('window');
  await startAgain(folder);
  const next = await again;
  await next.locator('[data-connection="live"]').waitFor();
  await expect(next.getByText(NOWHERE)).toHaveCount(0);
});

test('the first start opens its link, also where it would have been hidden', async ({ folder }) => {
  const holdfast = await launchHoldfast({ folder, args: ['--hidden', 'holdfast://history'] });
  try {
    await expect(holdfast.window.getByRole('heading', { level: 1 })).toHaveText('History');
  } finally {
    await holdfast.close();
  }
});

test('a link opens the window of a hidden Holdfast', async ({ folder }) => {
  const app = await launchHidden(folder);
  try {
    await expect.poll(() => readEndpointFile(folder)?.url).toBeTruthy();
    const opened = app.waitForEvent('window');
    await startAgain(folder, ['holdfast://connect']);
    await expect((await opened).getByRole('heading', { level: 1 })).toHaveText('Connect');
  } finally {
    await app.close();
  }
});

test('macOS hands links over as an event', async ({ holdfast }) => {
  await holdfast.app.evaluate(({ app }) => app.emit('open-url', { preventDefault() {} }, 'holdfast://history'));
  await expect(holdfast.window.getByRole('heading', { level: 1 })).toHaveText('History');
});
