import type { HistoryRange } from '../../shared/contract/history';
import { t } from '../../shared/messages/language';

export const RANGE_WORDS: Readonly<Record<HistoryRange, string>> = {
  '1h': t('charts.range.1h'),
  '24h': t('charts.range.24h'),
  '7d': t('charts.range.7d'),
  '30d': t('charts.range.30d'),
};
