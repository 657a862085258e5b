import { X } from 'lucide-react';
import { type KeyboardEvent, useId } from 'react';
import { t } from '../../../../shared/messages/language';
import { showInvisible } from '../../../../shared/visible-text';
import { useHoldfast } from '../../../store/use-holdfast';
import { IconButton } from '../../../ui/button';
import { EmptyState } from '../../../ui/empty-state';
import { ScrollRegion } from '../../../ui/scroll-region';
import { EnabledSwitch } from '../enabled-switch';
import { ListRemarks } from '../list-remarks';
import type { CardActions } from '../server-actions';
import { ServerBadges } from '../server-badges';
import { CardButtons } from '../server-buttons';
import { ServerFacts } from '../server-facts';
import { ServerSentenceLine } from '../server-sentence';
import { StderrTail } from '../stderr-tail';
import { ToolChanges } from '../tool-changes';
import { ServerEvents } from './server-events';
import { ServerProcesses } from './server-processes';
import { ServerTools } from './server-tools';

interface ServerDetailProps {
  name: string;
  actions: CardActions;
  onClose(): void;
}

/** One server beside the list: state, actions, facts, output and what happened to it. */
export function ServerDetail({ name, actions, onClose }: ServerDetailProps) {
  const id = useId();
  const server = useHoldfast((state) => state.servers?.servers.find((one) => one.name === name));
  const onKeyDown = (event: KeyboardEvent) => {
    // Dialogs and menus opened from here are above it in the page, but children of it for React.
    if (event.key !== 'Escape' || event.defaultPrevented || !event.currentTarget.contains(event.target as Node)) return;
    event.preventDefault();
    onClose();
  };
  return (
    <section
      aria-labelledby={id}
      data-server={name}
      onKeyDown={onKeyDown}
      className="flex w-[21rem] shrink-0 flex-col border-line border-s bg-surface min-[1000px]:w-[24rem] min-[1200px]:w-[28rem] min-[1700px]:w-[36rem] [scrollbar-color:var(--line-strong)_transparent] [scrollbar-width:thin] [@media(max-height:37rem)]:overflow-y-auto"
    >
      <div className="flex items-center gap-2 px-5 pt-3">
        <h2 id={id} translate="no" className="min-w-0 truncate font-semibold text-ink text-lg">
          {showInvisible(name)}
        </h2>
        <span className="ms-auto flex items-center gap-2">
          {server && <EnabledSwitch server={server} />}
          <IconButton label={t('servers.detail.close')} onClick={onClose}>
            <X size={16} aria-hidden />
          </IconButton>
        </span>
      </div>
      {server ? (
        <>
          <div className="flex flex-col gap-2 px-5 pt-1 pb-3">
            <div className="flex flex-wrap gap-2 empty:hidden">
              <ServerBadges server={server} />
            </div>
            <ServerSentenceLine server={server} />
            <CardButtons server={server} actions={{ ...actions, onTools: undefined }} />
          </div>
          {/* In a low window all of the pane scrolls, as little would be left for this part. */}
          <ScrollRegion
            label={t('servers.detail.label')}
            className="min-h-0 flex-1 border-line border-t [@media(max-height:37rem)]:flex-none [@media(max-height:37rem)]:overflow-visible"
          >
            <div className="flex flex-col gap-4 px-5 py-4">
              <ServerFacts server={server} withoutProcesses />
              <ServerProcesses server={server} />
              {/* An entry that cannot be read serves nothing. */}
              {server.state !== 'broken' && <ServerTools name={name} />}
              <ToolChanges server={server} />
              <ListRemarks server={server} />
              <StderrTail server={server} isOpen onAllLines={() => actions.onAllLines(server)} />
              <ServerEvents name={name} />
            </div>
          </ScrollRegion>
        </>
      ) : (
        <EmptyState title={t('servers.detail.gone')}>{t('servers.detail.gone_hint')}</EmptyState>
      )}
    </section>
  );
}
