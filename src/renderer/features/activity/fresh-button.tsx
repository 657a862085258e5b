import { ArrowUp } from 'lucide-react';
import { t } from '../../../shared/messages/language';
import { Button } from '../../ui/button';

/** How many messages came since the newest row that is shown; leads to them. It lies over the rows, so nothing moves. */
export const FreshButton = ({ count, onClick }: { count: number; onClick(): void }) => (
  <span className="-translate-x-1/2 absolute top-11 left-1/2 z-20 rounded-md shadow-overlay">
    <Button size="sm" icon={<ArrowUp size={14} aria-hidden />} onClick={onClick}>
      {t('activity.fresh', { count })}
    </Button>
  </span>
);
