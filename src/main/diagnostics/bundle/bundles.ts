import type { BundleFile, BundleScope, PreparedBundle } from '../../../shared/contract/bundle';
import { HoldfastError } from '../../../shared/errors';
import { exportName } from '../../../shared/export/file-names';
import { said } from '../../../shared/messages/said';
import { DAY, MINUTE, type Ms } from '../../../shared/model/units';
import type { Random, Timers } from '../../platform/ports';
import { randomText } from '../../platform/random-text';
import { type BundleSources, bundleContents } from './contents';
import type { BundledFile } from './files';
import { zipOf } from './zip';

/** How long a prepared bundle waits for somebody to take it. */
const KEPT: Ms = 10 * MINUTE;

interface Prepared {
  readonly id: string;
  readonly files: readonly BundledFile[];
  readonly zip: Buffer;
}

export interface BundlesOptions {
  /** Asked anew for each bundle: what is secret changes. */
  sources(): BundleSources;
  readonly timers: Timers;
  readonly random: Random;
}

/** Puts diagnosis bundles together and keeps the last one for ten minutes, in memory only. */
export class Bundles {
  private readonly options: BundlesOptions;
  private last: Prepared | null = null;
  private forget = () => {};

  constructor(options: BundlesOptions) {
    this.options = options;
  }

  /**
   * Puts a bundle together. The one before is gone then.
   * @throws HoldfastError `session_not_found`, `invalid_input` for a stretch of time that ends before it begins
   */
  async prepare(scope: BundleScope): Promise<PreparedBundle> {
    const { random, timers } = this.options;
    const sources = this.options.sources();
    const now = sources.now();
    const { from, to, session_id } = scope;
    if (from !== undefined && to !== undefined && from >= to) {
      throw new HoldfastError('invalid_input', said('said.bundle.times'));
    }
    const isOpen = from === undefined && to === undefined && session_id === undefined;
    const files = await bundleContents(sources, isOpen ? { from: Math.max(0, now - DAY) } : scope);
    const zip = await zipOf(
      files.map(({ name, text }) => ({ name, bytes: Buffer.from(text) })),
      now,
    );
    const id = `b_${randomText(random, 16)}`;
    this.forget();
    this.last = { id, files, zip };
    this.forget = timers.after(KEPT, () => {
      this.last = null;
    });
    const listed = files.map(({ text: _, ...file }): BundleFile => file);
    return { bundle_id: id, file_name: exportName('bundle', now, 'zip'), bytes: zip.length, files: listed };
  }

  /** @throws HoldfastError `not_found` when it is gone */
  zip(bundleId: string): Buffer {
    return this.get(bundleId).zip;
  }

  /**
   * The text of one file.
   * @throws HoldfastError `not_found` when the bundle is gone or has no such file
   */
  text(bundleId: string, name: string): string {
    const file = this.get(bundleId).files.find((one) => one.name === name);
    if (!file) throw new HoldfastError('not_found', said('said.bundle.no_file'));
    return file.text;
  }

  private get(bundleId: string): Prepared {
    if (this.last?.id === bundleId) return this.last;
    throw new HoldfastError('not_found', said('said.bundle.gone'));
  }
}
