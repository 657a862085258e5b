import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearest } from '#src/shared/model/nearest';
import { defaultOf, definitionOf, SETTING_NAMES, type SettingName } from '#src/shared/model/setting-definitions';
import { checkSetting } from '#src/shared/model/setting-rules';
import { settingHelp, settingLabel } from '#src/shared/model/setting-words';

const GIB = 2 ** 30;
const anyName = fc.constantFrom(...SETTING_NAMES);

/** The row of a setting in docs/settings.md. */
function docRow(name: SettingName): string {
  const definition = definitionOf(name);
  const { environment, applies } = definition;
  const usual = definition.default ?? "a quarter of the machine's, at least 2048";
  const values =
    definition.kind === 'whole'
      ? `${definition.min} to ${definition.max}${definition.unit === null ? '' : ` ${definition.unit}`}`
      : definition.options.map((value) => `\`${value}\``).join(', ');
  const variable = environment === null ? '' : `\`${environment}\``;
  const holds = applies === 'at_once' ? 'at once' : 'next start';
  return `| \`${name}\` | ${usual} | ${variable} | ${holds} | ${settingLabel(name)}: ${values}. ${settingHelp(name)} |`.replace(
    '|  |',
    '| |',
  );
}

test('docs/settings.md has exactly these settings, with these words', () => {
  const doc = readFileSync('docs/settings.md', 'utf8');
  const rows = doc.split('\n').filter((line) => /^\| `[a-z_]+` \|/.test(line));
  expect(rows).toEqual(SETTING_NAMES.filter((name) => !definitionOf(name).onlyEnvironment).map(docRow));
  for (const name of SETTING_NAMES) {
    const { environment } = definitionOf(name);
    if (environment !== null) expect(doc).toContain(`\`${environment}\``);
  }
});

describe('every definition', () => {
  test.each(SETTING_NAMES)('%s takes its own default and the ends of its range', (name) => {
    const definition = definitionOf(name);
    for (const machine of [0, 4 * GIB, 8_192 * GIB]) {
      const usual = defaultOf(name, machine);
      expect(checkSetting(name, usual)).toEqual({ value: usual });
    }
    const ends = definition.kind === 'whole' ? [definition.min, definition.max] : definition.options;
    for (const end of ends) expect(checkSetting(name, String(end))).toEqual({ value: end });
    expect(settingHelp(name)).toMatch(/^[A-Z].*\.$/);
  });

  test('no two have the same label or variable', () => {
    const labels = SETTING_NAMES.map(settingLabel);
    const variables = SETTING_NAMES.flatMap((name) => definitionOf(name).environment ?? []);
    expect(new Set(labels).size).toBe(labels.length);
    expect(new Set(variables).size).toBe(variables.length);
  });
});

describe('a value', () => {
  test('is taken in its range and refused outside with a sentence that names the range', () => {
    fc.assert(
      fc.property(anyName, fc.integer(), (name, number) => {
        const definition = definitionOf(name);
        const checked = checkSetting(name, number);
        expect(checkSetting(name, ` ${number} `)).toEqual(checked);
        if (definition.kind !== 'whole') return;
        if (number >= definition.min && number <= definition.max) expect(checked).toEqual({ value: number });
        else
          expect(checked).toEqual({ problem: expect.stringContaining(`from ${definition.min} to ${definition.max}`) });
      }),
    );
  });

  test('of any shape is taken whole or refused with a sentence, and what was taken is taken again', () => {
    fc.assert(
      fc.property(anyName, fc.anything(), (name, given) => {
        const checked = checkSetting(name, given);
        if ('problem' in checked) expect(checked.problem).toMatch(/^[A-Z].*\.$/);
        else expect(checkSetting(name, checked.value)).toEqual(checked);
      }),
    );
  });

  test.each(['', ' ', '-1', '1e3', '0x10', '24.0', '24h', '١٢', 'NaN', '9'.repeat(30)])('%j is no number', (text) => {
    expect(checkSetting('retention_hours', text)).toHaveProperty('problem');
  });

  test('from the environment is called by its variable, and may be a port of 0', () => {
    expect(checkSetting('port', '0', 'HOLDFAST_PORT')).toEqual({ value: 0 });
    expect(checkSetting('port', '0')).toHaveProperty('problem');
    expect(checkSetting('port', 'x', 'HOLDFAST_PORT')).toEqual({
      problem: 'HOLDFAST_PORT: enter a whole number from 0 to 65535.',
    });
  });
});

describe('the nearest name', () => {
  test('is the one with one letter wrong', () => {
    fc.assert(
      fc.property(anyName, fc.nat(30), fc.constantFrom('x', ''), (name, place, letter) => {
        const at = place % name.length;
        const wrong = name.slice(0, at) + letter + name.slice(at + 1);
        fc.pre(!SETTING_NAMES.some((one) => one === wrong));
        expect(nearest(wrong, SETTING_NAMES)).toBe(name);
      }),
    );
  });

  test.each([
    ['retention', 'retention_hours'],
    ['prt', 'port'],
    ['banana', null],
    ['', null],
    ['x'.repeat(10_000), null],
  ])('of %s is %s', (wrong, meant) => expect(nearest(wrong, SETTING_NAMES)).toBe(meant));
});
