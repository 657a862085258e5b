const FALLBACK = 'en-US';

/**
 * A language tag that `Intl` accepts. Under `LANG=C` Chromium reports `en-US@posix`, on which every `Intl` constructor
 * throws. POSIX suffixes are dropped, underscores become hyphens, and a tag that is still unknown becomes `en-US`.
 */
export function sanitiseLocale(tag: string | null | undefined): string {
  const plain = (tag ?? '').replace(/[.@].*$/, '').replaceAll('_', '-');
  try {
    return Intl.NumberFormat.supportedLocalesOf(plain)[0] ?? FALLBACK;
  } catch {
    return FALLBACK;
  }
}
