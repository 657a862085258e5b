import { expect } from 'vitest';
import { WEB } from '#src/shared/contract/web';
import { runHoldfast, cliTest as test } from './support';

/** Bundling may take longer than a test. */
test.beforeAll(({ command, program }) => void [command, program], 60_000);

test('open prints a link that signs one browser in, which cannot make another', { timeout: 60_000 }, async ({
  command,
  folder,
  start,
}) => {
  expect(await runHoldfast(command, folder, 'open', '--print')).toMatchObject({ code: 3, stdout: '' });
  const { url } = await start();
  const { code, stdout } = await runHoldfast(command, folder, 'open', '--print');
  expect(code).toBe(0);
  const ticket = /^http:\/\/127\.0\.0\.1:\d+\/ui\/#ticket=([\w-]+)\n/.exec(stdout)?.[1];
  const post = (path: string, body: object | undefined, key?: string) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
  const answer = await post(WEB.signIn, { ticket });
  expect(answer.status).toBe(200);
  const { token } = (await answer.json()) as { token: string };
  expect((await post(`${WEB.rpc}/app.info`, {}, token)).status).toBe(200);
  expect((await post('/api/mcp/sign-in-link', undefined, token)).status).toBe(403);
  expect((await post(WEB.signIn, { ticket })).status).toBe(401);
});

test('seventeen links are too many: the oldest is worth nothing', { timeout: 60_000 }, async ({ start }) => {
  const { url, admin_key } = await start();
  const link = async () => {
    const headers = { authorization: `Bearer ${admin_key}` };
    const answer = await fetch(`${url}/api/mcp/sign-in-link`, { method: 'POST', headers });
    return ((await answer.json()) as { url: string }).url;
  };
  const links: string[] = [];
  for (let count = 0; count < 17; count++) links.push(await link());
  const signIn = async (made: string | undefined) => {
    const body = JSON.stringify({ ticket: made?.split('#ticket=')[1] });
    return (await fetch(url + WEB.signIn, { method: 'POST', headers: { 'content-type': 'application/json' }, body }))
      .status;
  };
  // So was the link that was printed at the start.
  expect(await signIn(links[0])).toBe(401);
  expect(await signIn(links[2])).toBe(200);
  expect(await signIn(links[16])).toBe(200);
});
