import { inRepository } from '#tests/support/paths';
import { expect, test } from './support/holdfast';

test('the page has no Node, no Electron object and exactly three functions of ours', async ({ holdfast }) => {
  const seen = await holdfast.window.evaluate(() => ({
    ours: Object.entries((window as unknown as { holdfast: object }).holdfast).map(([name, value]) => [
      name,
      typeof value,
    ]),
    node: ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in window),
  }));
  expect(seen.ours.sort()).toEqual([
    ['invoke', 'function'],
    ['openStream', 'function'],
    ['platform', 'function'],
  ]);
  expect(seen.node).toEqual([]);
});

test('the window is sandboxed, isolated and keeps web security', async ({ holdfast }) => {
  const preferences = await holdfast.app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    if (!window) throw new Error('there is no window');
    const contents = window.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> };
    return contents.getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
  });
});

test('the page comes from app:// with a policy that allows nothing inline and nothing from outside', async ({
  holdfast,
}) => {
  const { window } = holdfast;
  expect(await window.evaluate(() => location.origin)).toBe('app://holdfast');
  const answer = await window.evaluate(async () => {
    const page = await fetch('app://holdfast/index.html');
    return { policy: page.headers.get('content-security-policy'), sniff: page.headers.get('x-content-type-options') };
  });
  expect(answer.policy).toContain("default-src 'none'");
  expect(answer.policy).not.toMatch(/unsafe-inline|unsafe-eval|\*/);
  expect(answer.sniff).toBe('nosniff');

  const html = await window.evaluate(async () => (await fetch('app://holdfast/index.html')).text());
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=|javascript:/i);

  const ran = await window.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.inlineRan = true';
    document.head.append(script);
    return 'inlineRan' in window;
  });
  expect(ran).toBe(false);
});

test('app:// serves files of the window and nothing else', async ({ holdfast }) => {
  const statuses = await holdfast.window.evaluate(async () => {
    const status = async (path: string, init?: RequestInit) => {
      try {
        return (await fetch(path, init)).status;
      } catch {
        return 'refused';
      }
    };
    return {
      traversal: await status('app://holdfast/..%2f..%2fpackage.json'),
      absolute: await status('app://holdfast/%2fetc%2fpasswd'),
      missing: await status('app://holdfast/nothing.js'),
      posted: await status('app://holdfast/index.html', { method: 'POST' }),
      otherHost: await status('app://other/index.html'),
    };
  });
  expect(statuses).toEqual({ traversal: 404, absolute: 404, missing: 404, posted: 404, otherHost: 'refused' });
});

test('no new window, no navigation away, no webview, no permission', async ({ holdfast }) => {
  const { window, app } = holdfast;
  const opened = await window.evaluate(() => globalThis.open('https://evil.example/') === null);
  expect(opened).toBe(true);
  expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);

  await window.evaluate(() => {
    location.href = 'https://evil.example/';
  });
  await window.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'file:///etc/passwd';
    document.body.append(link);
    link.click();
    link.remove();
  });
  expect(await window.evaluate(() => location.origin)).toBe('app://holdfast');

  const attached = await window.evaluate(() => {
    const view = document.createElement('webview');
    document.body.append(view);
    const isReal = 'loadURL' in view;
    view.remove();
    return isReal;
  });
  expect(attached).toBe(false);

  const permissions = await window.evaluate(async () => {
    const state = async (name: string) => (await navigator.permissions.query({ name: name as PermissionName })).state;
    return {
      notification: await Notification.requestPermission(),
      geolocation: await state('geolocation'),
      camera: await state('camera'),
      microphone: await state('microphone'),
      clipboardRead: await state('clipboard-read'),
    };
  });
  expect(permissions).toEqual({
    notification: 'denied',
    geolocation: 'denied',
    camera: 'denied',
    microphone: 'denied',
    clipboardRead: 'denied',
  });
});

test('a page of another origin is not answered, even with our preload script', async ({ holdfast }) => {
  const preload = inRepository('out/preload/index.cjs');
  const answer = await holdfast.app.evaluate(async ({ BrowserWindow }, path) => {
    const stranger = new BrowserWindow({ show: false, webPreferences: { preload: path, sandbox: true } });
    await stranger.loadURL('data:text/html,<title>stranger</title>');
    const result: unknown = await stranger.webContents.executeJavaScript('window.holdfast.invoke("clients.list", {})');
    stranger.destroy();
    return result;
  }, preload);
  expect(answer).toMatchObject({ ok: false, error: { code: 'forbidden_origin' } });
});

test('bad input from the page is answered and harms nothing', async ({ holdfast }) => {
  const answers = await holdfast.window.evaluate(async () => {
    const { invoke } = (window as unknown as { holdfast: { invoke(m: unknown, i: unknown): Promise<unknown> } })
      .holdfast;
    return Promise.all([
      invoke('no.such', {}),
      invoke('__proto__', {}),
      invoke(42, {}),
      invoke('sessions.get', { session_id: 7 }),
      invoke('clients.create', { name: 'x'.repeat(100_000) }),
    ]);
  });
  expect(answers).toMatchObject([
    { ok: false, error: { code: 'not_found' } },
    { ok: false, error: { code: 'not_found' } },
    { ok: false, error: { code: 'invalid_input' } },
    { ok: false, error: { code: 'invalid_input' } },
    { ok: false, error: { code: 'payload_too_large' } },
  ]);
  await expect(holdfast.window.locator('[data-connection="live"]')).toBeVisible();
});

test('a name that is markup stays text', async ({ holdfast }) => {
  const { window } = holdfast;
  await holdfast.newKey('<img src=x onerror="window.hacked=1">');
  await holdfast.open('Connect');
  await expect(window.getByRole('rowheader', { name: '<img src=x' })).toBeVisible();
  expect(await window.evaluate(() => 'hacked' in window)).toBe(false);
});

test('nothing goes out of the machine', async ({ holdfast }) => {
  const requests: string[] = [];
  holdfast.window.on('request', (request) => requests.push(request.url()));
  for (const view of ['overview', 'sessions', 'history', 'connect']) {
    await holdfast.window.evaluate((name) => {
      location.hash = `#/${name}`;
    }, view);
    await expect(holdfast.window.getByRole('heading', { level: 1 })).toHaveText(new RegExp(view, 'i'));
  }
  await holdfast.window.reload();
  await holdfast.window.locator('[data-connection="live"]').waitFor();
  expect(requests.length).toBeGreaterThan(0);
  expect(requests.filter((url) => !url.startsWith('app://holdfast/'))).toEqual([]);
});
