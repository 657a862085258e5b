import { t } from '../../../shared/messages/language';
import { EmptyState } from '../../ui/empty-state';

/** Shown where sessions will be, before there is a client. */
export function NoSessionsYet() {
  return <EmptyState title={t('first_run.empty')}>{t('first_run.empty.about')}</EmptyState>;
}
