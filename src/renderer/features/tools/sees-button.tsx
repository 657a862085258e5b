import type { Client } from '../../../shared/contract/client';
import { t } from '../../../shared/messages/language';
import type { VisibilityIndex } from '../../../shared/model/visibility';
import { showInvisible } from '../../../shared/visible-text';
import { Button } from '../../ui/button';
import { RichMessage } from '../../ui/rich-message';

interface SeesButtonProps {
  client: Client;
  index: VisibilityIndex | null;
  onOpen(): void;
}

/** Says in a word what a client sees, and opens the whole answer. */
export function SeesButton({ client: { client_id, name }, index, onOpen }: SeesButtonProps) {
  return (
    <Button
      size="sm"
      variant="ghost"
      className="-ms-2.5 h-6 max-w-44 font-normal underline decoration-dotted underline-offset-2 hover:decoration-solid"
      onClick={onOpen}
    >
      <span className="truncate">
        <RichMessage
          id="sees.open"
          values={{
            what: wordOf(client_id, index),
            name: showInvisible(name),
            hidden: (chunks) => <span className="sr-only">{chunks}</span>,
          }}
        />
      </span>
    </Button>
  );
}

function wordOf(client_id: string, index: VisibilityIndex | null): string {
  if (index === null) return t('sees.everything');
  const what = scopeOf(client_id, index);
  return index.searches(client_id, null) ? t('sees.by_search', { what }) : what;
}

function scopeOf(client_id: string, index: VisibilityIndex): string {
  const { set } = index.viewer(client_id, null);
  if (set !== null) return set;
  const isHidden = index.state.rules.some((rule) => !rule.shown && [null, client_id].includes(rule.client_id));
  return t(isHidden ? 'sees.some' : 'sees.everything');
}
