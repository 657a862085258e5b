import { useId, useState } from 'react';
import type { Deletion, DeletionCounts } from '../../../shared/contract/privacy';
import { formatCount } from '../../format/number';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { cx } from '../../ui/cx';
import { ConfirmDialog } from '../../ui/dialog';
import { errorSentence } from '../../ui/error-note';
import { INPUT } from '../../ui/field';
import { toast } from '../../ui/toast';
import { RowFrame } from './setting-frame';

const MOST_DAYS = 400;

interface Asked {
  readonly deletion: Deletion;
  readonly counts: DeletionCounts;
}

/** Deletes what was kept, once it was said what goes. */
export function DeleteRows() {
  const { previewDeletion } = useActions();
  const id = useId();
  const [days, setDays] = useState('7');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [error, setError] = useState<{ what: Deletion['what']; sentence: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const ask = async (deletion: Deletion) => {
    setBusy(true);
    setError(null);
    try {
      setAsked({ deletion, counts: await previewDeletion(deletion) });
    } catch (failure) {
      setError({ what: deletion.what, sentence: errorSentence(failure) });
    }
    setBusy(false);
  };
  const askOlder = () => {
    const number = /^\d{1,3}$/.test(days.trim()) ? Number(days) : 0;
    if (number >= 1 && number <= MOST_DAYS) void ask({ what: 'older', days: number });
    else setError({ what: 'older', sentence: `Enter a whole number of days from 1 to ${MOST_DAYS}.` });
  };
  const sentence = (what: Deletion['what']) => (error?.what === what ? error.sentence : null);
  return (
    <>
      <RowFrame
        label="Delete history"
        help="The charts begin anew. Sessions and their timelines stay."
        error={sentence('history')}
      >
        <Button disabled={busy} className="self-start" onClick={() => void ask({ what: 'history' })}>
          Delete history…
        </Button>
      </RowFrame>
      <RowFrame
        label="Delete ended sessions"
        help="Sessions that were closed or have expired, with their timelines and kept messages."
        error={sentence('ended_sessions')}
      >
        <Button disabled={busy} className="self-start" onClick={() => void ask({ what: 'ended_sessions' })}>
          Delete ended sessions…
        </Button>
      </RowFrame>
      <RowFrame
        controlId={id}
        label="Delete what is older"
        help="Events, ended sessions and history from before so many days."
        error={sentence('older')}
      >
        <div className="flex items-center gap-2">
          <input
            id={id}
            inputMode="numeric"
            autoComplete="off"
            value={days}
            aria-invalid={sentence('older') !== null}
            aria-describedby={`${id}-unit ${id}-note`}
            onChange={(event) => setDays(event.target.value)}
            onKeyDown={(event) => event.key === 'Enter' && askOlder()}
            className={cx(INPUT, 'max-w-16 tabular-nums', sentence('older') && 'border-danger')}
          />
          <span id={`${id}-unit`} className="text-ink-2 text-sm">
            days
          </span>
          <Button disabled={busy} aria-label="Delete what is older…" onClick={askOlder}>
            Delete…
          </Button>
        </div>
      </RowFrame>
      {asked && <DeleteDialog asked={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

const TITLES: Readonly<Record<Deletion['what'], string>> = {
  history: 'Delete the history?',
  ended_sessions: 'Delete all ended sessions?',
  older: 'Delete what is older?',
};

function DeleteDialog({ asked: { deletion, counts }, onClose }: { asked: Asked; onClose(): void }) {
  const { deleteData } = useActions();
  const { events, sessions, history } = counts;
  const isEmpty = events + sessions + history === 0;
  const what = partsOf(counts).join(', ');
  const stays = deletion.what === 'history' ? 'Sessions and timelines stay.' : 'Sessions that have not ended stay.';
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={
        deletion.what === 'older'
          ? `Delete what is older than ${formatCount(deletion.days, 'day')}?`
          : TITLES[deletion.what]
      }
      effects={
        isEmpty
          ? ['There is nothing of it to delete.']
          : [
              `${what} go for good. This cannot be undone.`,
              stays,
              'Backups keep a copy until three newer ones have taken their place, within three days. To be rid of it at once, delete the files in the folder “backups”.',
            ]
      }
      action={isEmpty ? 'Close' : 'Delete'}
      danger={!isEmpty}
      onConfirm={async () => {
        if (isEmpty) return;
        const gone = partsOf(await deleteData(deletion)).join(', ');
        toast({ title: 'Deleted', detail: gone === '' ? 'Nothing was left of it.' : `${gone}.` });
      }}
    />
  );
}

const partsOf = ({ events, sessions, history }: DeletionCounts): string[] => [
  ...(sessions > 0 ? [formatCount(sessions, 'ended session')] : []),
  ...(events > 0 ? [formatCount(events, 'event')] : []),
  ...(history > 0 ? [formatCount(history, 'row of history', 'rows of history')] : []),
];
