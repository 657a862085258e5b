import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test as base } from 'vitest';
import type { ImportPlaces } from '#src/main/upstream/config/import/places';
import { previewImport } from '#src/main/upstream/config/import/preview';
import { NO_VALUES } from '#src/main/upstream/config/server-values';
import type { ImportCandidate, ImportPreview } from '#src/shared/contract/server';
import { disposing, makeFolder, removeFolder } from '#tests/support/fixtures';

/** A home folder with the files of other programs. */
export class Home {
  readonly folder = makeFolder();
  readonly environment: Record<string, string> = {};
  private readonly platform: NodeJS.Platform;

  constructor(platform: NodeJS.Platform = 'linux') {
    this.platform = platform;
  }

  write(file: string, content: string | object): string {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    const isText = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(path, isText ? content : JSON.stringify(content));
    return path;
  }

  get places(): ImportPlaces {
    const isOwn = ({ hostname, port }: URL) => hostname === '127.0.0.1' && port === '8181';
    return { home: this.folder, platform: this.platform, environment: this.environment, isOwn };
  }

  /** What an import into an empty Holdfast would show. */
  preview(): ImportPreview {
    return this.look().preview;
  }

  look() {
    return previewImport(this.places, { all: () => [], kept: () => ({ values: NO_VALUES, trust: [] }) });
  }

  /** The one candidate that there is, and its values. */
  only() {
    const { preview, choose } = this.look();
    const [candidate, ...others] = preview.candidates;
    if (!candidate || others.length > 0) throw new Error(`${preview.candidates.length} candidates`);
    return { candidate, input: () => choose([candidate.id])[0]?.entry.input };
  }

  remove(): void {
    removeFolder(this.folder);
  }
}

/** Tests with a home folder, which is removed at the end. */
export const homeTest = base
  .extend('newHome', ({}, { onCleanup }) =>
    disposing(
      onCleanup,
      (platform?: NodeJS.Platform) => new Home(platform),
      (home) => home.remove(),
    ),
  )
  .extend('home', ({ newHome }) => newHome());

export const brief = ({ source, name, verdict, remark }: ImportCandidate): string =>
  `${source} ${name} ${verdict}${remark ? `: ${remark}` : ''}`;
