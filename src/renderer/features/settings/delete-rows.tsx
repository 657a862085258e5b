import { useId, useState } from 'react';
import type { Deletion, DeletionCounts } from '../../../shared/contract/privacy';
import { t } from '../../../shared/messages/language';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { cx } from '../../ui/cx';
import { ConfirmDialog } from '../../ui/dialog';
import { errorSentence } from '../../ui/error-note';
import { INPUT } from '../../ui/field';
import { toast } from '../../ui/toast';
import { RowFrame } from './setting-frame';

const MOST_DAYS = 400;

const KEY = {
  activity: 'settings.delete.activity',
  contents: 'settings.delete.contents',
  history: 'settings.delete.history',
  ended_sessions: 'settings.delete.ended',
} as const;

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
    else setError({ what: 'older', sentence: t('settings.delete.older.range', { most: String(MOST_DAYS) }) });
  };
  const sentence = (what: Deletion['what']) => (error?.what === what ? error.sentence : null);
  return (
    <>
      <RowFrame
        label={t('settings.delete.activity')}
        help={t('settings.delete.activity.help')}
        error={sentence('activity')}
      >
        <Button disabled={busy} className="self-start" onClick={() => void ask({ what: 'activity' })}>
          {t('settings.delete.activity.action')}
        </Button>
      </RowFrame>
      <RowFrame
        label={t('settings.delete.contents')}
        help={t('settings.delete.contents.help')}
        error={sentence('contents')}
      >
        <Button disabled={busy} className="self-start" onClick={() => void ask({ what: 'contents' })}>
          {t('settings.delete.contents.action')}
        </Button>
      </RowFrame>
      <RowFrame
        label={t('settings.delete.history')}
        help={t('settings.delete.history.help')}
        error={sentence('history')}
      >
        <Button disabled={busy} className="self-start" onClick={() => void ask({ what: 'history' })}>
          {t('settings.delete.history.action')}
        </Button>
      </RowFrame>
      <RowFrame
        label={t('settings.delete.ended')}
        help={t('settings.delete.ended.help')}
        error={sentence('ended_sessions')}
      >
        <Button disabled={busy} className="self-start" onClick={() => void ask({ what: 'ended_sessions' })}>
          {t('settings.delete.ended.action')}
        </Button>
      </RowFrame>
      <RowFrame
        controlId={id}
        label={t('settings.delete.older')}
        help={t('settings.delete.older.help')}
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
            onChange={(event) => {
              setDays(event.target.value);
              setError(null);
            }}
            onKeyDown={(event) => event.key === 'Enter' && askOlder()}
            className={cx(INPUT, 'max-w-16 tabular-nums', sentence('older') && 'border-danger')}
          />
          <span id={`${id}-unit`} className="text-ink-2 text-sm">
            {t('settings.delete.older.days')}
          </span>
          <Button disabled={busy} aria-label={t('settings.delete.older.action_label')} onClick={askOlder}>
            {t('settings.delete.older.action')}
          </Button>
        </div>
      </RowFrame>
      {asked && <DeleteDialog asked={asked} onClose={() => setAsked(null)} />}
    </>
  );
}

function titleOf(deletion: Deletion): string {
  if (deletion.what === 'older') return t('settings.delete.older.title', { days: deletion.days });
  return t(`${KEY[deletion.what]}.title`);
}

function DeleteDialog({ asked: { deletion, counts }, onClose }: { asked: Asked; onClose(): void }) {
  const { deleteData } = useActions();
  const isEmpty = Object.values(counts).every((count) => count === 0);
  const stays = t(deletion.what === 'older' ? 'settings.delete.ended.stays' : `${KEY[deletion.what]}.stays`);
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={titleOf(deletion)}
      effects={
        isEmpty
          ? [t('settings.delete.none')]
          : [
              t('settings.delete.gone', { what: partsOf(counts) }),
              stays,
              // Contents are in no backup.
              ...(deletion.what === 'contents' ? [] : [t('settings.delete.backups')]),
            ]
      }
      action={isEmpty ? t('settings.delete.close') : t('settings.delete.confirm')}
      danger={!isEmpty}
      onConfirm={async () => {
        if (isEmpty) return;
        const gone = partsOf(await deleteData(deletion));
        toast({ title: t('settings.delete.done'), detail: gone === '' ? t('settings.delete.done_none') : gone });
      }}
    />
  );
}

/** What there is of each, as a list. */
function partsOf(counts: DeletionCounts): string {
  const kinds = ['sessions', 'events', 'activity', 'contents', 'history'] as const;
  return kinds
    .filter((kind) => counts[kind] > 0)
    .map((kind) => t(`settings.delete.count.${kind}`, { count: counts[kind] }))
    .join(', ');
}
