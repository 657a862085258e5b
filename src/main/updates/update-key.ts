/** Replaced when Holdfast is built; missing where the sources run as they are. */
declare const __HOLDFAST_UPDATE_KEY__: string | null | undefined;
declare const __HOLDFAST_UPDATE_ADDRESS__: string | null | undefined;

/**
 * The Ed25519 key that manifests are verified with: its 32 bytes in base64url. Whoever makes releases gives it to the build
 * (docs/updates.md). Null: this build has none and asks nobody.
 */
export const UPDATE_KEY: string | null =
  typeof __HOLDFAST_UPDATE_KEY__ === 'undefined' ? null : __HOLDFAST_UPDATE_KEY__;

/** Where this build looks for newer versions until the user says otherwise; null if it has no such place. */
export const UPDATE_ADDRESS: string | null =
  typeof __HOLDFAST_UPDATE_ADDRESS__ === 'undefined' ? null : __HOLDFAST_UPDATE_ADDRESS__;
