import { Globe, SquareTerminal } from 'lucide-react';
import { useId } from 'react';
import type { Server } from '../../../shared/contract/server';
import { showInvisible } from '../../../shared/visible-text';
import { EnabledSwitch } from './enabled-switch';
import { ListRemarks } from './list-remarks';
import type { CardActions } from './server-actions';
import { ServerBadges } from './server-badges';
import { CardButtons } from './server-buttons';
import { ServerFacts } from './server-facts';
import { ServerSentenceLine } from './server-sentence';
import { StderrTail } from './stderr-tail';
import { ToolChanges } from './tool-changes';

/** The element id that a link to one server scrolls to. */
export const cardId = (name: string): string => `server-${name}`;

/** One server of a few: its state and why, what it serves, and what can be done about it. */
export function ServerCard({ server, actions }: { server: Server; actions: CardActions }) {
  const id = useId();
  const Icon = server.transport === 'http' ? Globe : SquareTerminal;
  return (
    <section
      id={cardId(server.name)}
      aria-labelledby={id}
      data-server={server.name}
      className="flex min-w-0 flex-col self-start rounded-lg border border-line bg-surface shadow-raised"
    >
      <header className="flex min-h-12 items-center gap-2.5 border-line border-b px-4 py-1.5">
        <Icon size={17} aria-hidden className="shrink-0 text-ink-3" />
        <h2 id={id} translate="no" className="min-w-0 truncate font-semibold text-ink text-lg">
          {showInvisible(server.name)}
        </h2>
        <span translate="no" className="text-ink-3 text-sm">
          {server.transport === 'http' ? 'HTTP' : 'stdio'}
        </span>
        <ServerBadges server={server} />
        <span className="ms-auto">
          <EnabledSwitch server={server} />
        </span>
      </header>
      <div className="flex flex-1 flex-col gap-3 p-4">
        <ServerSentenceLine server={server} />
        <ServerFacts server={server} />
        <ToolChanges server={server} />
        <ListRemarks server={server} />
        <StderrTail server={server} onAllLines={() => actions.onAllLines(server)} />
        <CardButtons server={server} actions={actions} />
      </div>
    </section>
  );
}
