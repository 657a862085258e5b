/** How files of the kinds begin that are shown, in base64 (as much of it as does not depend on what follows). */
const BEGINNINGS: readonly RegExp[] = [
  // PNG, JPEG, GIF, WebP and WAV.
  /^iVBORw0KGg/,
  /^\/9j\//,
  /^R0lGOD/,
  /^UklGR/,
  // MP3 with and without tags, Ogg, FLAC, MP4, WebM.
  /^SUQz/,
  /^\/\/[uvts][A-Za-z0-9+/]/,
  /^T2dnU/,
  /^ZkxhQ/,
  /^AAAA[A-Za-z0-9+/]{2}Zn/,
  /^GkXfo/,
];

/**
 * Whether a text is an image or a sound in base64, in a content block or a resource (MCP 2025-11-25, tools, tool result): by
 * its beginning, not by what is said of it. Nothing in it could be told apart from a secret, so it is kept as it is.
 */
export function isMedia(value: string, holder: Readonly<Record<string, unknown>> | null): boolean {
  if (!holder || (holder.data !== value && holder.blob !== value)) return false;
  if (typeof holder.mimeType !== 'string' || !/^(?:image|audio)\//.test(holder.mimeType)) return false;
  return BEGINNINGS.some((beginning) => beginning.test(value)) && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
}
