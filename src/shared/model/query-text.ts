/** One word of a filter's text, or one facet with its value. */
export interface QueryToken {
  readonly negated: boolean;
  /** Before the colon, in lower case; null for a plain word. */
  readonly facet: string | null;
  /** In lower case, without quotes; empty for a facet that is still being typed. */
  readonly value: string;
  readonly raw: string;
}

const TOKEN = /(-?)(?:([a-z]+):)?(?:"([^"]*)"?|(\S*))/gi;

/** Reads a filter's text: plain words, `"two words"`, facets such as `status:idle`, each with `-` before it for its opposite. */
export const queryTokens = (text: string): readonly QueryToken[] =>
  [...text.matchAll(TOKEN)].map(([raw, minus, facet, quoted, plain]) => ({
    negated: minus === '-',
    facet: facet?.toLowerCase() ?? null,
    value: (quoted ?? plain ?? '').toLowerCase(),
    raw,
  }));

/** Whether a facet is still being typed, which is no mistake yet. */
export const isUnfinished = ({ raw }: QueryToken): boolean => raw.endsWith(':');

/** The values of a facet that means any of them: `a,b`. */
export const queryValues = (value: string): string[] => value.split(',').filter(Boolean);

const MEASURE = /^(<=|>=|<|>|=)?(\d+(?:\.\d+)?)([a-z]*)$/;

/** A number with an optional comparison before it and a unit after it, `>=10m`; null for anything else. */
export function queryMeasure(value: string): { operator: string | undefined; amount: number; unit: string } | null {
  const [, operator, amount, unit = ''] = MEASURE.exec(value) ?? [];
  return amount === undefined ? null : { operator, amount: Number(amount), unit };
}
