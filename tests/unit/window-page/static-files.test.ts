import { sep } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assetPath, contentType } from '#src/main/window-page/static-files';

const FOLDER = ['', 'opt', 'holdfast', 'renderer'].join(sep);

describe('the file that a path names', () => {
  test.each([
    ['/', 'index.html'],
    ['/index.html', 'index.html'],
    ['/assets/main-abc.js', ['assets', 'main-abc.js'].join(sep)],
    ['/a%20b.svg', 'a b.svg'],
    ['/..file', '..file'],
    ['/assets/../icon.svg', 'icon.svg'],
  ])('%s is inside the folder', (pathname, file) => {
    expect(assetPath(FOLDER, pathname)).toBe(`${FOLDER}${sep}${file}`);
  });

  test.each([
    '',
    'index.html',
    '/..',
    '/../',
    '/../renderer2/a.js',
    '/../../etc/passwd',
    '/assets/../../secret',
    '/%2e%2e/secret',
    '/..%2fsecret',
    '/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    '/..\\secret',
    '/%5c..%5csecret',
    '/a%00.js',
    '/%',
    '/%e0%a4%a',
  ])('%j names none', (pathname) => {
    expect(assetPath(FOLDER, pathname)).toBeNull();
  });

  test('never leaves the folder, whatever the path', () => {
    const part = fc.constantFrom('..', '.', '', '%2e', '%2e%2e', '%2f', '/', 'a', 'renderer', '%5c', '%00', '%252e');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const path = assetPath(FOLDER, `/${parts.join('/')}`);
        expect(path === null || path.startsWith(`${FOLDER}${sep}`)).toBe(true);
      }),
    );
  });
});

test('a file of an unknown kind is not to be interpreted', () => {
  expect(contentType('/a/b.JS')).toBe('text/javascript; charset=utf-8');
  expect(contentType('/a/b.exe')).toBe('application/octet-stream');
  expect(contentType('/a/b')).toBe('application/octet-stream');
});
