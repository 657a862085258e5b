/**
 * The Ed25519 key that manifests are verified with: its 32 bytes in base64url, as `sign-manifest.mjs --new-key` prints
 * them. Whoever makes releases puts it here. Null: this build has none and asks nobody.
 */
export const UPDATE_KEY: string | null = null;
