import { describe, expect, test } from 'vitest';
import { originOf } from '#src/main/desktop/origin';

describe('origin of an address', () => {
  test.each([
    ['app://holdfast/index.html#/sessions', 'app://holdfast'],
    ['app://holdfast.evil.example/index.html', 'app://holdfast.evil.example'],
    ['http://localhost:5173/', 'http://localhost:5173'],
    ['http://localhost:5173@evil.example/', 'http://evil.example'],
    ['https://app//holdfast', 'https://app'],
    ['file:///etc/passwd', 'file://'],
    ['not an address', null],
  ])('%s -> %s', (address, origin) => {
    expect(originOf(address)).toBe(origin);
  });
});
