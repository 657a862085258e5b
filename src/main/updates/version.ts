const VERSION = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(-[0-9A-Za-z.-]+)?(?:\+.*)?$/;

/** A version that a manifest may name: a release, without anything after its three numbers. */
export const RELEASE = /^(?:0|[1-9]\d{0,5})\.(?:0|[1-9]\d{0,5})\.(?:0|[1-9]\d{0,5})$/;

/**
 * Whether a release is newer than a version (Semantic Versioning 2.0.0 section 11): a version before a release, such as
 * `1.2.0-rc.1`, is older than that release. False for what is no version.
 */
export function isNewer(release: string, version: string): boolean {
  const one = VERSION.exec(release);
  const other = VERSION.exec(version);
  if (!one || !other) return false;
  for (const part of [1, 2, 3]) {
    const difference = Number(one[part]) - Number(other[part]);
    if (difference !== 0) return difference > 0;
  }
  return one[4] === undefined && other[4] !== undefined;
}
