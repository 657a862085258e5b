import type { HistoryRange } from '../../shared/contract/history';

export const RANGE_WORDS: Readonly<Record<HistoryRange, string>> = {
  '1h': 'Last hour',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
};
