import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { inRepository } from '#tests/support/paths';

const css = readFileSync(inRepository('src/renderer/styles/tokens.css'), 'utf8');

function tokens(selector: string): Map<string, string> {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf('}', start));
  return new Map(
    [...block.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const SURFACES = ['canvas', 'surface', 'sunken', 'hover', 'selected'];
const TEXTS = ['ink', 'ink-2', 'ink-3', 'accent', 'active', 'idle', 'disconnected', 'ended', 'danger'];
const PAIRS: [string, string][] = [
  ...TEXTS.flatMap((text) => SURFACES.map((surface): [string, string] => [text, surface])),
  ...['active', 'idle', 'disconnected', 'ended', 'danger'].map((tone): [string, string] => [tone, `${tone}-soft`]),
  ['ink', 'raised'],
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-danger', 'danger'],
  ['chart-axis', 'surface'],
];
const SHAPES = [
  'focus',
  'line-strong',
  'chart-resumed',
  'chart-restored',
  'chart-reinitialized',
  'chart-token',
  'chart-taken-over',
  'chart-stops',
  'chart-line',
];

describe.each([
  ['light', ':root'],
  ['dark', '[data-theme="dark"]'],
])('contrast of the %s theme', (_, selector) => {
  const theme = tokens(selector);
  const colour = (name: string): string => {
    const value = theme.get(name);
    if (!value) throw new Error(`tokens.css has no --${name} in ${selector}`);
    return value;
  };

  test.each(PAIRS)('text %s on %s has at least 4.5', (text, surface) => {
    expect(contrast(colour(text), colour(surface))).toBeGreaterThanOrEqual(4.5);
  });

  test.each(SHAPES)('the shape %s on the surface has at least 3', (name) => {
    expect(contrast(colour(name), colour('surface'))).toBeGreaterThanOrEqual(3);
  });
});
