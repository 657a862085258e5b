import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from 'vitest';

type OnCleanup = (cleanup: () => Promise<void>) => void;

/** Wraps a function that makes things: all that it made are disposed of at the end, the newest first. */
export function disposing<Args extends unknown[], Made>(
  onCleanup: OnCleanup,
  make: (...args: Args) => Made,
  dispose: (made: Awaited<Made>) => unknown,
): (...args: Args) => Made {
  const all: Awaited<Made>[] = [];
  onCleanup(async () => {
    for (const made of all.reverse()) await dispose(made);
  });
  return (...args) => {
    const made = make(...args);
    Promise.resolve(made).then(
      (one) => all.push(one),
      () => {},
    );
    return made;
  };
}

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'holdfast-test-'));
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Tests that keep files: each has a `folder` of its own, which is removed at the end. */
export const folderTest = base
  .extend('newFolder', ({}, { onCleanup }) => disposing(onCleanup, makeFolder, removeFolder))
  .extend('folder', ({ newFolder }) => newFolder());
