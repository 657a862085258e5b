import { t } from '../../../../shared/messages/language';
import { Card } from '../../../ui/card';
import { FoundList } from './found-list';

/** The programs of this machine that Holdfast connects by itself, in a card of their own. */
export function FoundClients() {
  return (
    <Card title={t('connect.found.title')} bodyClassName="min-h-24">
      <FoundList />
    </Card>
  );
}
