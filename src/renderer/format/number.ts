import { locale, t } from '../../shared/messages/language';

const LOCALE = locale();
const plain = new Intl.NumberFormat(LOCALE);
const oneDecimal = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 1 });
const processor = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const wholePercent = new Intl.NumberFormat(LOCALE, { style: 'percent' });
const percent = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 2 });

/** `10,000` */
export const formatNumber = (value: number): string => plain.format(value);

/** `3.2`, `3`: at most one decimal. */
export const formatDecimal = (value: number): string => oneDecimal.format(value);

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

/** Processor use in percent of one core: `0.4%`, `12%`, `240%` in the locale's form; a decimal only below ten. */
export const formatProcessor = (value: number): string => (value < 10 ? processor : wholePercent).format(value / 100);

/** A size: `120 B`, `840 kB`, `64 MB`, `1.2 GB`; powers of 1,000, as system monitors count. */
export function formatBytes(bytes: number): string {
  if (bytes > 0 && bytes < 1e3) return t('number.bytes', { value: plain.format(bytes) });
  if (bytes < 1e6) return t('number.kilobytes', { value: plain.format(Math.round(bytes / 1e3)) });
  if (bytes < 1e9) return t('number.megabytes', { value: plain.format(Math.round(bytes / 1e6)) });
  return t('number.gigabytes', { value: oneDecimal.format(bytes / 1e9) });
}
