import { expect, test } from 'vitest';
import { DesktopSpeech } from '#src/main/desktop/speech';
import { trayView } from '#src/shared/model/tray-view';

/** Values that are kept while the test runs. */
class Kept {
  readonly values = new Map<string, unknown>();
  isFull = false;

  get<T>(name: string): T | null {
    return (this.values.get(name) as T | undefined) ?? null;
  }

  set(name: string, value: unknown): void {
    if (this.isFull) throw new Error('the disk is full');
    this.values.set(name, value);
  }
}

test('speaks as the system does until something was chosen, which holds from then on', async () => {
  const kept = new Kept();
  const speech = new DesktopSpeech(() => ['de-AT', 'en']);
  expect(speech.say('desktop.quit'), 'before anything can be read').toBe('Quit Holdfast');
  await speech.begin(null);
  expect(speech.say('desktop.quit')).toBe('Holdfast beenden');
  await speech.begin(kept);
  let heard = 0;
  const unlisten = speech.onChange(() => {
    heard += 1;
  });
  await speech.choose('en');
  expect(speech.say('desktop.quit')).toBe('Quit Holdfast');
  await speech.choose('en');
  expect(heard, 'the same choice again is no change').toBe(1);
  unlisten();

  const next = new DesktopSpeech(() => ['de-AT']);
  await next.begin(kept);
  expect(next.say('desktop.quit')).toBe('Quit Holdfast');
  await next.choose('system');
  expect(next.say('desktop.quit')).toBe('Holdfast beenden');
});

test('speaks what was chosen although it cannot be saved, and takes no nonsense that was kept', async () => {
  const kept = new Kept();
  kept.set('desktop_language', { language: 'fr' });
  const speech = new DesktopSpeech(() => ['fr-FR']);
  await speech.begin(kept);
  expect(speech.say('desktop.quit')).toBe('Quit Holdfast');
  kept.isFull = true;
  await expect(speech.choose('de')).rejects.toThrow('the disk is full');
  expect(speech.say('desktop.quit')).toBe('Holdfast beenden');
});

test('speaks the last of several choices', async () => {
  const speech = new DesktopSpeech(() => []);
  await speech.begin(new Kept());
  await Promise.all([speech.choose('de'), speech.choose('en'), speech.choose('de')]);
  expect(speech.say('desktop.quit')).toBe('Holdfast beenden');
});

test('the tray says the same sentence as the window, in its language', async () => {
  const speech = new DesktopSpeech(() => ['de-DE']);
  await speech.begin(null);
  const facts = {
    sessions: [],
    servers: [],
    clients: [],
    reusedBy: [],
    failing: null,
    last: null,
    pausedUntil: null,
    now: 0,
  };
  const view = trayView(facts, speech.say);
  expect(view.sentence).toBe(speech.say('health.no_client'));
  expect(view.sessions).toBe('Sitzungen: 0 aktiv, 0 ruhend, 0 getrennt');
});
