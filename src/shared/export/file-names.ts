/** Media types of exported files, by the end of their names. */
export const MEDIA_TYPES = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  jsonl: 'application/x-ndjson',
  har: 'application/json',
  png: 'image/png',
  svg: 'image/svg+xml',
  zip: 'application/zip',
} as const;

export type FileKind = keyof typeof MEDIA_TYPES;

/** `holdfast-activity-2026-11-26T05-53-46Z.csv`: says what it is and when it was made, and sorts by that. */
export const exportName = (what: string, at: number, kind: FileKind): string =>
  `holdfast-${what}-${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z.${kind}`;
