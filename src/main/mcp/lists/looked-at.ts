import { createHash } from 'node:crypto';
import type { ListRemark } from './sound-list';

/** Pages of which it is remembered how they looked. */
const MAX_PAGES = 256;

/**
 * Remembers what was found in the pages of one server, for all who list them: most lists are the same each time, and looking at a
 * long one takes longer than passing it on.
 */
export class LookedAt {
  private readonly pages = new Map<string, { readonly digest: string; readonly remarks: readonly ListRemark[] }>();

  /**
   * What `look` finds, or found when the page last looked like this.
   * @param place - which page it is
   * @param text - of the page, and of whatever else decides what is found
   */
  on(place: string, text: string, look: () => readonly ListRemark[]): readonly ListRemark[] {
    const digest = createHash('sha256').update(text).digest('base64');
    const known = this.pages.get(place);
    if (known?.digest === digest) return known.remarks;
    const remarks = look();
    this.pages.delete(place);
    this.pages.set(place, { digest, remarks });
    const [oldest] = this.pages.keys();
    if (this.pages.size > MAX_PAGES && oldest !== undefined) this.pages.delete(oldest);
    return remarks;
  }
}
