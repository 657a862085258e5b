import type { Page } from 'playwright';
import { describe, expect } from 'vitest';
import { labTest, STARTUP_MS } from './support/browser';

const test = labTest.extend('first', async ({ open }) => {
  const page = await open({ world: 'first' });
  await steps(page).waitFor();
  return page;
});
test.beforeAll(({ lab }) => void lab, STARTUP_MS);

const steps = (page: Page) => page.getByRole('region', { name: 'First steps' });
const step = (page: Page, title: string) =>
  steps(page)
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { level: 3, name: title }) });
const isDone = (page: Page, title: string) => step(page, title).getAttribute('data-done');

describe('the first steps', () => {
  test('lead from a found client to its first session, live', async ({ first }) => {
    expect(await isDone(first, 'Find your clients')).toBe('false');
    await step(first, 'Watch the first session').getByText('Its session appears here at once.').waitFor();
    await steps(first).getByRole('button', { name: 'Connect Cursor' }).click();
    const dialog = first.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Write and connect' }).click();
    await dialog.getByText('Waiting for Cursor…').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await first.evaluate(() => {
      window.world.clients.push({
        client_id: 'c_cursor',
        name: 'Cursor',
        type: 'cursor',
        type_name: null,
        policy: 'sessionful',
        new_process: 'new_session',
        may_take_over: false,
        created_at: Date.now(),
        first_seen_at: Date.now(),
        last_seen_at: Date.now(),
        key_used_at: Date.now(),
        old_key: null,
      });
      const client = { client_id: 'c_cursor', client_type: 'cursor', client_name: 'Cursor', client_version: '1' };
      const more = { server: null, era: 'sessionful', protocol_version: '2025-06-18', probe: false } as const;
      window.world.append({
        kind: 'session_created',
        at: Date.now(),
        session_id: 's_first',
        payload: { ...client, ...more, transport_id: 't' },
      });
      window.bridge.resync();
    });
    await step(first, 'Watch the first session').getByText('Session of Cursor: Active.').waitFor();
    await expect.poll(() => isDone(first, 'Find your clients')).toBe('true');
    expect(await isDone(first, 'Watch the first session')).toBe('true');
    await steps(first).getByRole('button', { name: 'Done' }).click();
    await steps(first).waitFor({ state: 'hidden' });
    expect(await first.evaluate(() => window.world.isFirstRun)).toBe(false);
  });

  test('can be skipped, and do not come back', async ({ first }) => {
    await steps(first).getByRole('button', { name: 'Skip' }).click();
    await steps(first).waitFor({ state: 'hidden' });
    await first.getByText('No sessions yet').waitFor();
    const nav = first.getByRole('navigation');
    await nav.getByRole('link', { name: 'Connect' }).click();
    await nav.getByRole('link', { name: 'Overview' }).click();
    await first.getByText('No sessions yet').waitFor();
    expect(await steps(first).count()).toBe(0);
  });

  test('ask whether Holdfast starts at login', async ({ first }) => {
    await steps(first).getByRole('switch', { name: 'Start Holdfast when I log in' }).click();
    await expect.poll(() => first.evaluate(() => window.world.told.startup.enabled)).toBe(true);
  });

  test('take over the servers of other programs', async ({ first }) => {
    await step(first, 'Bring your servers along').getByText('Other programs here have no servers.').waitFor();
    await first.evaluate(() => {
      const own = { source: 'cursor' as const, file: '/home/dev/.cursor/mcp.json', transport: 'stdio' as const };
      const what = { command: 'npx', args: ['docs'], url: null, env_names: [], header_names: [] };
      const verdict = { older_transport: false, verdict: 'new' as const, remark: '' };
      const named = { id: 'docs', name: 'docs', original_name: 'docs' };
      window.world.servers.preview = { candidates: [{ ...own, ...what, ...verdict, ...named }], looked_at: [] };
    });
    // Whoever goes away and comes back sees what was found meanwhile.
    const nav = first.getByRole('navigation');
    await nav.getByRole('link', { name: 'Connect' }).click();
    await nav.getByRole('link', { name: 'Overview' }).click();
    await step(first, 'Bring your servers along').getByText('1 server of other programs can run').waitFor();
    await step(first, 'Bring your servers along').getByRole('button', { name: 'Choose servers' }).click();
    await first.getByRole('dialog').getByRole('button', { name: 'Import 1 server' }).click();
    await step(first, 'Bring your servers along').getByText('1 server is in Holdfast.').waitFor();
    expect(await isDone(first, 'Bring your servers along')).toBe('true');
    // Nothing runs before somebody looked at it, and nobody has to guess where.
    await step(first, 'Bring your servers along').getByText('1 command waits for your review').waitFor();
    await step(first, 'Bring your servers along').getByRole('link', { name: 'Review in Servers' }).click();
    await expect.poll(() => first.url()).toContain('#/servers');
  });
});

test('the first steps are not shown to somebody who has clients', async ({ open }) => {
  const page = await open({ world: 'typical' });
  await page.getByRole('region', { name: 'Open sessions' }).waitFor();
  expect(await steps(page).count()).toBe(0);
});

test('the demo says what happens, step by step, and is over with what is left of it', async ({ first }) => {
  const third = step(first, 'Watch the first session');
  await third.getByRole('button', { name: 'See it work' }).click();
  await third.getByText('The demo client starts…').waitFor();
  expect(await third.getByRole('button', { name: 'See it work' }).isDisabled()).toBe(true);
  const say = (phase: 'connected' | 'dropped' | 'back' | 'over', session_id: string | null) =>
    first.evaluate(
      ([now, id]) => {
        window.world.demo = { phase: now, session_id: id, problem: null };
      },
      [phase, session_id] as const,
    );
  await say('connected', 's_demo');
  await third.getByText('The demo client is connected.').waitFor();
  await third.getByRole('link', { name: 'Open it' }).waitFor();
  await say('dropped', 's_demo');
  await third.getByText('The session waits for it.').waitFor();
  await say('back', 's_demo');
  await third.getByText('A new process is back in the same session.').waitFor();
  const before = await first.evaluate(() => window.bridge.resyncs);
  await say('over', null);
  await third.getByText('Its process, its key and its session are removed.').waitFor();
  await third.getByRole('button', { name: 'See it again' }).waitFor();
  expect(await first.evaluate(() => window.bridge.resyncs)).toBe(before + 1);
});
