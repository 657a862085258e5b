import { describe, expect, it } from 'vitest';
import { isOwnFile } from '#src/main/desktop/own-file';

const ORIGIN = 'app://holdfast';

describe('isOwnFile', () => {
  it.each([
    ['blob:app://holdfast/0b1f', 10, true],
    ['blob:app://holdfast.evil/0b1f', 10, false],
    ['blob:https://example.org/0b1f', 10, false],
    ['blob:null/0b1f', 10, false],
    ['app://holdfast/index.html', 10, false],
    ['https://example.org/setup.exe', 10, false],
    ['data:text/plain,x', 1, false],
    ['blob:app://holdfast/0b1f', 1e9, false],
  ])('%s of %d bytes: %s', (url, bytes, expected) => {
    expect(isOwnFile(url, bytes, ORIGIN)).toBe(expected);
  });
});
