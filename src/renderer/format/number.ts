import { LOCALE } from './locale';

const plain = new Intl.NumberFormat(LOCALE);
const oneDecimal = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 2 });

/** `10,000` */
export const formatNumber = (value: number): string => plain.format(value);

/** `3.2`, `3`: at most one decimal. */
export const formatDecimal = (value: number): string => oneDecimal.format(value);

/** `1 session`, `10,000 sessions`; give the plural where it is no plain `s`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${plain.format(count)} ${count === 1 ? one : many}`;

/** A latency: `0.4 ms`, `12 ms`, `1.2 s`. */
export const formatLatency = (ms: number): string =>
  ms < 10 ? `${oneDecimal.format(ms)} ms` : ms < 1000 ? `${Math.round(ms)} ms` : `${oneDecimal.format(ms / 1000)} s`;

/**
 * A share of 1: `99.95 %` in the locale's form. Never rounded up to 100 %: what was lost stays visible.
 */
export const formatShare = (share: number): string =>
  percent.format(share < 1 ? Math.min(Math.floor(share * 10_000) / 10_000, 0.9999) : share);
