import { expect, test } from '../e2e/support/holdfast';

test('these tests run in the packaged app', async ({ holdfast }) => {
  const found = await holdfast.app.evaluate(({ app }) => ({ isPackaged: app.isPackaged, path: app.getAppPath() }));
  expect(found).toEqual({ isPackaged: true, path: expect.stringMatching(/resources\/app\.asar$/) });
});
