import { locale, t } from '../../shared/messages/language';

const LOCALE = locale();
const plain = new Intl.NumberFormat(LOCALE);
const oneDecimal = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 2 });

/** `10,000` */
export const formatNumber = (value: number): string => plain.format(value);

/** `3.2`, `3`: at most one decimal. */
export const formatDecimal = (value: number): string => oneDecimal.format(value);

/** `1 session`, `10,000 sessions`; pass the plural if it is not just an added `s`. */
export const formatCount = (count: number, one: string, many = `${one}s`): string =>
  `${plain.format(count)} ${count === 1 ? one : many}`;

/** A latency: `0.4 ms`, `12 ms`, `1.2 s`. */
export const formatLatency = (ms: number): string =>
  ms < 1000
    ? t('number.milliseconds', { value: ms < 10 ? oneDecimal.format(ms) : plain.format(Math.round(ms)) })
    : t('number.seconds', { value: oneDecimal.format(ms / 1000) });

/**
 * A share of 1 as a percentage: `99.95 %` in the locale's form. Never rounded up to 100 %, so that losses stay visible.
 */
export const formatShare = (share: number): string =>
  percent.format(share < 1 ? Math.min(Math.floor(share * 10_000) / 10_000, 0.9999) : share);

/** Memory: `840 kB`, `64 MB`, `1.2 GB`; powers of 1,000, as system monitors count. */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return t('number.kilobytes', { value: plain.format(Math.round(bytes / 1e3)) });
  if (bytes < 1e9) return t('number.megabytes', { value: plain.format(Math.round(bytes / 1e6)) });
  return t('number.gigabytes', { value: oneDecimal.format(bytes / 1e9) });
}

/** `1st`, `2nd`, `3rd`, `11th`: English, like the text around it. */
export function formatOrdinal(value: number): string {
  const tens = value % 100;
  const ending = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${plain.format(value)}${ending}`;
}
