import { describe, expect, test } from 'vitest';
import { keepLanguageChoice, readLanguageChoice } from '#src/renderer/store/language';
import { resolveLanguage } from '#src/shared/messages/speech';

describe('the language of the window', () => {
  test('is the first of the user’s that Holdfast speaks', () => {
    expect(resolveLanguage('system', ['de-AT', 'en-US'])).toEqual({ language: 'de', locale: 'de-AT' });
    expect(resolveLanguage('system', ['fr-FR', 'de', 'en'])).toEqual({ language: 'de', locale: 'de' });
  });

  test('is English where Holdfast speaks none of them, with the dates of the system', () => {
    expect(resolveLanguage('system', ['fr-FR'])).toEqual({ language: 'en', locale: 'fr-FR' });
    expect(resolveLanguage('system', [])).toEqual({ language: 'en', locale: 'en' });
  });

  test('is what was chosen, with the country of the system where it has one', () => {
    expect(resolveLanguage('en', ['de-DE', 'en-GB'])).toEqual({ language: 'en', locale: 'en-GB' });
    expect(resolveLanguage('de', ['en-US'])).toEqual({ language: 'de', locale: 'de' });
  });

  test('takes a tag that Intl refuses', () => {
    expect(resolveLanguage('system', ['en-US@posix'])).toEqual({ language: 'en', locale: 'en-US' });
  });

  test('is kept, and what is kept but unknown counts as no choice', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, text: string) => void kept.set(key, text),
    };
    expect(keepLanguageChoice(storage, 'de')).toBe(true);
    expect(readLanguageChoice(storage)).toBe('de');
    kept.set('holdfast.language', 'klingon');
    expect(readLanguageChoice(storage)).toBe('system');
  });

  test('is not kept where storage is blocked', () => {
    const blocked = {
      setItem() {
        throw new Error('blocked');
      },
    };
    expect(keepLanguageChoice(blocked, 'de')).toBe(false);
  });
});
