import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { forbiddenImports, MAY_IMPORT } from '../../../scripts/lint/import-edges.mjs';

const PARTS = Object.keys(MAY_IMPORT);
const OUTSIDE_MAIN = ['renderer', 'preload', 'shared'];

/** A file of a part: the part itself when it is one. */
const fileOf = (part: string) => `src/${OUTSIDE_MAIN.includes(part) ? '' : 'main/'}${part}/some/file.ts`;

describe('the table', () => {
  test('names only rows below, packages that are guarded, and files', () => {
    for (const [index, part] of PARTS.entries()) {
      const names = (MAY_IMPORT[part] ?? '').split(' ').filter(Boolean);
      const parts = names.map((name) => name.split('/')[0]).filter((name) => PARTS.includes(name ?? ''));
      for (const name of parts) expect(PARTS.indexOf(name ?? ''), `${part}: ${name}`).toBeGreaterThan(index);
      const others = names.filter((name) => !PARTS.includes(name.split('/')[0] ?? ''));
      for (const name of others) expect(['electron', 'better-sqlite3', 'package.json']).toContain(name);
    }
  });

  test.each(PARTS)('%s may import what its row names, and nothing else', (part) => {
    const names = (MAY_IMPORT[part] ?? '').split(' ');
    for (const other of [...PARTS, 'electron', 'better-sqlite3']) {
      const isPackage = !PARTS.includes(other);
      const specifier = isPackage ? other : `#${fileOf(other)}`;
      const isForbidden = other !== part && !names.includes(other);
      expect(forbiddenImports(fileOf(part), `import { x } from '${specifier}';`), specifier).toHaveLength(
        Number(isForbidden),
      );
    }
  });
});

describe('an import that runs up', () => {
  const file = 'src/main/upstream/http/reach.ts';
  const wrong = [`${file}: upstream may not import endpoint/router`];

  test.each([
    ['a value', "import { route } from '../../endpoint/router';"],
    ['a type', "import type { Router } from '../../endpoint/router';"],
    ['a type among others', "import {\n  type Router,\n} from '../../endpoint/router';"],
    ['an alias', "import { route } from '#src/main/endpoint/router';"],
    ['its file name', "import { route } from '../../endpoint/router.ts';"],
    ['a side effect', "import '../../endpoint/router';"],
    ['a re-export', "export * from '../../endpoint/router';"],
    ['a load at run time', "const { route } = await import('../../endpoint/router');"],
    ['a type in JSDoc', "/** @type {import('../../endpoint/router').Router} */"],
  ])('is found: %s', (_, text) => {
    expect(forbiddenImports(file, text)).toEqual(wrong);
  });

  test('is found when only some files of a part may be imported', () => {
    const store = 'src/main/store/instance-store.ts';
    expect(forbiddenImports(store, "import type { A } from '../upstream/upstream-ports';")).toEqual([]);
    expect(forbiddenImports(store, "import type { A } from '../upstream/servers';")).toHaveLength(1);
    expect(forbiddenImports(store, "import type { A } from '../upstream/upstream-ports-of-mine';")).toHaveLength(1);
  });

  test('is not an import of a package, of Node, or of the part itself', () => {
    const text = "import { z } from 'zod';\nimport { join } from 'node:path';\nimport { a } from '../server';";
    expect(forbiddenImports(file, text)).toEqual([]);
  });
});

test('what leaves src, and a part without a row, is found', () => {
  expect(forbiddenImports('src/main/upstream/a.ts', "import { x } from '#tests/support/x';")).toHaveLength(1);
  expect(forbiddenImports('src/main/new-part/a.ts', '')).toHaveLength(1);
});

test.each([
  ["import { createServer } from 'node:http';", 1],
  ["import type { Server } from 'node:net';\nimport {\n  Agent,\n  type Server,\n} from 'node:http';", 1],
  ["import http from 'http';", 1],
  ["import type { Server } from 'node:http';", 0],
  ["import { Agent } from 'node:https';", 0],
])("Node's HTTP is imported for its types alone: %s", (text, wrong) => {
  expect(forbiddenImports('src/main/endpoint/a.ts', text)).toHaveLength(wrong);
  expect(forbiddenImports('src/main/platform/node-http.ts', text)).toEqual([]);
});

test('Biome finds two files that import each other, if only for a type', async () => {
  const root = join(import.meta.dirname, '../../..');
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-circle-'));
  try {
    for (const path of ['biome.json', '.gitignore', 'scripts/lint']) {
      cpSync(join(root, path), join(folder, path), { recursive: true });
    }
    writeFileSync(join(folder, 'a.ts'), "import type { B } from './b';\n\nexport type A = B | 1;\n");
    writeFileSync(join(folder, 'b.ts'), "import type { A } from './a';\n\nexport type B = A[];\n");
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const lint = promisify(execFile)(process.execPath, [biome, 'lint', '.'], { cwd: folder });
    await expect(lint).rejects.toMatchObject({ stderr: expect.stringContaining('noImportCycles') });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
