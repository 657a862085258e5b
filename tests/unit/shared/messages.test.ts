import { IntlMessageFormat } from 'intl-messageformat';
import { afterEach, describe, expect, test } from 'vitest';
import { DE } from '#src/shared/messages/de';
import { EN, type MessageId } from '#src/shared/messages/en';
import { setLanguage, t } from '#src/shared/messages/language';

/** Plain text, in the parser's numbering. */
const LITERAL = 0;
const ids = Object.keys(EN) as MessageId[];

type Element = ReturnType<IntlMessageFormat['getAst']>[number];

/** The names in braces and the tags of a text, each once. */
function namesIn(elements: readonly Element[], found = new Set<string>()): Set<string> {
  for (const element of elements) {
    const isNamed = 'value' in element && element.type !== LITERAL;
    if (isNamed) found.add('children' in element ? `<${element.value}>` : element.value);
    if ('children' in element) namesIn(element.children, found);
    if ('options' in element) for (const option of Object.values(element.options)) namesIn(option.value, found);
  }
  return found;
}

const names = (text: string, locale: string): string[] =>
  [...namesIn(new IntlMessageFormat(text, locale).getAst())].sort();

afterEach(() => setLanguage('en', EN));

describe('catalogues', () => {
  test('every text can be read, and asks for the same values in every language', () => {
    const differing = ids.filter((id) => names(EN[id], 'en').join() !== names(DE[id], 'de').join());
    expect(differing).toEqual([]);
  });

  test('no text is empty, and none has space around it', () => {
    const bad = [EN, DE].flatMap((catalogue) =>
      ids.filter((id) => catalogue[id] === '' || catalogue[id] !== catalogue[id].trim()),
    );
    expect(bad).toEqual([]);
  });
});

describe('a text', () => {
  test('is in the language of the program, with its plurals and numbers', () => {
    expect(t('navigation.attention', { count: 1 })).toBe('1 thing to look at');
    expect(t('navigation.attention', { count: 1200 })).toBe('1,200 things to look at');
    setLanguage('de-AT', DE);
    expect(t('navigation.attention', { count: 1 })).toBe('1 braucht Aufmerksamkeit');
    expect(t('navigation.sessions')).toBe('Sitzungen');
  });

  test('that asks for nothing reads as a formatter would write it', () => {
    const differing = ids.filter((id) => {
      const format = new IntlMessageFormat(EN[id], 'en');
      return namesIn(format.getAst()).size === 0 && t(id) !== format.format();
    });
    expect(differing).toEqual([]);
  });

  test('is refused without its values', () => {
    expect(() => t('time.ago')).toThrow(/length/);
  });
});
