import type { BundleFile, BundleFileKind } from '../../../shared/contract/bundle';
import type { Lines } from './lines';
import { type ReadmeFacts, readmeText } from './readme';

const MIB = 1024 * 1024;
/** All files together, before they are compressed. */
export const MOST_BUNDLE_BYTES = 20 * MIB;
/** There are four lists and five other texts. */
export const MOST_LIST_BYTES = 3.5 * MIB;
export const MOST_TEXT_BYTES = MIB;
export const MOST_LOG_LINES = 5_000;

export interface BundledFile extends BundleFile {
  readonly text: string;
}

/** One file of a bundle. */
export const bundleFile = (name: string, kind: BundleFileKind, { text, isCut }: Lines): BundledFile => ({
  name,
  kind,
  bytes: Buffer.byteLength(text),
  is_cut: isCut,
  text,
});

/** The files with README.txt before them. */
export function withReadme(facts: Omit<ReadmeFacts, 'files'>, files: readonly BundledFile[]): BundledFile[] {
  // Its own size is in it, so it is written twice; sizes are padded to the same width.
  const written = (bytes: number) =>
    readmeText({ ...facts, files: [{ name: 'README.txt', kind: 'readme', bytes, is_cut: false }, ...files] });
  const text = written(Buffer.byteLength(written(0)));
  return [bundleFile('README.txt', 'readme', { text, isCut: false }), ...files];
}
