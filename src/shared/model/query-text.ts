/** One word of a filter's text, or one facet with its values. */
export interface QueryToken {
  readonly negated: boolean;
  /** Before the colon, in lower case; null for a plain word. */
  readonly facet: string | null;
  /** In lower case, without the quotes around it; empty for a facet that is still being typed. */
  readonly value: string;
  /** What stands between the commas of a facet that means any of them, `a,"b, c"`; without those that are empty. */
  readonly values: readonly string[];
  readonly raw: string;
}

const TOKEN = /(-?)(?:([a-z]+):((?:"[^"]*"?|[^\s,]*)(?:,(?:"[^"]*"?|[^\s,]*))*)|(?:"([^"]*)"?|(\S*)))/gi;
const QUOTED = /^"([^"]*)"?$/;
/** One of the values, with what is between its quotes. */
const VALUE = /(?<=^|,)(?:"([^"]*)"?|[^\s,"][^\s,]*)/g;

/** Reads a filter's text: plain words, `"two words"`, facets such as `status:idle`, each with `-` before it for its opposite. */
export const queryTokens = (text: string): readonly QueryToken[] =>
  [...text.matchAll(TOKEN)].map(([raw, minus, facet, list, quoted, plain]) => {
    const value = list === undefined ? (quoted ?? plain ?? '') : (QUOTED.exec(list)?.[1] ?? list);
    return {
      negated: minus === '-',
      facet: facet?.toLowerCase() ?? null,
      value: value.toLowerCase(),
      values: list === undefined ? [] : valuesOf(list.toLowerCase()),
      raw,
    };
  });

const valuesOf = (list: string): string[] =>
  [...list.matchAll(VALUE)].map(([whole, quoted]) => quoted ?? whole).filter(Boolean);

/** Whether a facet is still being typed, which is no mistake yet where somebody types. */
export const isUnfinished = ({ facet, value, raw }: QueryToken): boolean =>
  facet !== null && value === '' && /:"?$/.test(raw);

const MEASURE = /^(<=|>=|<|>|=)?(\d+(?:\.\d+)?)([a-z]*)$/;

/** A number with an optional comparison before it and a unit after it, `>=10m`; null for anything else. */
export function queryMeasure(value: string): { operator: string | undefined; amount: number; unit: string } | null {
  const [, operator, amount, unit = ''] = MEASURE.exec(value) ?? [];
  return amount === undefined ? null : { operator, amount: Number(amount), unit };
}
