import { CircleStop, Copy, Unplug, X } from 'lucide-react';
import { useState } from 'react';
import type { Session } from '../../../shared/contract/session';
import { t } from '../../../shared/messages/language';
import { hasEnded, isAttached } from '../../../shared/model/session';
import { sessionInPlace } from '../../format/words';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button, IconButton } from '../../ui/button';
import { copyText } from '../../ui/copy-text';
import { ConfirmDialog } from '../../ui/dialog';
import { ExportMenu, tableFormats } from '../../ui/export-menu';
import { toast, toastError } from '../../ui/toast';
import { type ActedOn, actOnSeveral } from './act-on-several';
import { sessionTable } from './session-export';

/** So many are named before something is done to them. */
const MOST_NAMED = 5;

const canDisconnect = ({ status }: Session): boolean => isAttached(status);
const canEnd = ({ status }: Session): boolean => !hasEnded(status);

export interface ChosenBarProps {
  /** At least one, in the order of the list. */
  sessions: readonly Session[];
  /** Those of these sessions that are still asked for, as they are now: the list is up to a second behind. */
  current(sessionIds: readonly string[]): readonly Session[];
  /** Chooses these and no others. */
  onChoose(sessionIds: readonly string[]): void;
}

/** What can be done with the chosen sessions, all at once. What fails for one stays chosen. */
export function ChosenBar({ sessions, current, onChoose }: ChosenBarProps) {
  const { disconnectSession, closeSession } = useActions();
  const names = useHoldfast((state) => state.sessionNames);
  const [asking, setAsking] = useState<'disconnect' | 'end' | null>(null);
  const stop = () => setAsking(null);
  const attached = sessions.filter(canDisconnect);
  const open = sessions.filter(canEnd);
  const count = sessions.length;

  const act = async (
    asked: readonly Session[],
    may: (session: Session) => boolean,
    how: (sessionId: string) => Promise<unknown>,
    said: (count: number) => string,
  ) => {
    const on = current(asked.map(({ session_id }) => session_id)).filter(may);
    if (on.length === 0) return onChoose([]);
    const acted: ActedOn = await actOnSeveral(
      on.map(({ session_id }) => session_id),
      how,
    );
    const failures = acted.failed.length;
    if (failures === on.length) throw acted.error;
    onChoose(acted.failed);
    toast({ title: said(on.length - failures) });
    if (failures > 0) toastError(t('sessions.chosen.failed', { count: failures }), acted.error);
  };
  const copyIds = async () => {
    const text = sessions.map(({ session_id }) => session_id).join('\n');
    if (await copyText(text)) toast({ title: t('sessions.chosen.copied', { count }) });
  };
  const whom = (on: readonly Session[]) => (
    <span translate="no">
      {on
        .slice(0, MOST_NAMED)
        .map((session) => names[session.session_id] ?? sessionInPlace(session))
        .join(', ')}
      {on.length > MOST_NAMED && ` +${on.length - MOST_NAMED}`}
    </span>
  );

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend of its own
    <div role="group" aria-label={t('sessions.chosen.label')} className="flex items-center gap-1.5">
      <IconButton label={t('sessions.chosen.none')} onClick={() => onChoose([])} className="-ms-1.5">
        <X size={16} aria-hidden />
      </IconButton>
      <p role="status" className="me-1.5 whitespace-nowrap font-medium text-ink text-sm">
        {t('sessions.chosen', { count })}
      </p>
      <Button
        size="sm"
        icon={<Unplug size={14} aria-hidden />}
        disabled={attached.length === 0}
        title={attached.length === 0 ? t('sessions.chosen.disconnect.off') : t('session.disconnect')}
        onClick={() => setAsking('disconnect')}
      >
        <span className="button-word">{t('session.disconnect')}</span>
      </Button>
      <Button
        size="sm"
        icon={<CircleStop size={14} aria-hidden />}
        disabled={open.length === 0}
        title={open.length === 0 ? t('sessions.chosen.end.off') : t('sessions.chosen.end')}
        onClick={() => setAsking('end')}
      >
        <span className="button-word">{t('sessions.chosen.end')}</span>
      </Button>
      <Button
        size="sm"
        icon={<Copy size={14} aria-hidden />}
        title={t('sessions.chosen.copy')}
        onClick={() => void copyIds()}
      >
        <span className="button-word">{t('sessions.chosen.copy')}</span>
      </Button>
      <ExportMenu
        what="sessions"
        formats={tableFormats(() => sessionTable(sessions, names))}
        iconLabel={t('sessions.chosen.export', { count })}
      />

      <ConfirmDialog
        open={asking === 'disconnect'}
        onClose={stop}
        title={t('sessions.chosen.disconnect.title', { count: attached.length })}
        effects={[
          whom(attached),
          t('sessions.chosen.disconnect.effect.cut'),
          t('sessions.chosen.disconnect.effect.stay'),
          ...(attached.length < count
            ? [t('sessions.chosen.disconnect.effect.others', { count: count - attached.length })]
            : []),
        ]}
        action={t('session.disconnect')}
        onConfirm={() =>
          act(attached, canDisconnect, disconnectSession, (done) =>
            t('sessions.chosen.disconnect.done', { count: done }),
          )
        }
      />
      <ConfirmDialog
        open={asking === 'end'}
        onClose={stop}
        danger
        title={t('sessions.chosen.end.title', { count: open.length })}
        effects={[
          whom(open),
          t('sessions.chosen.end.effect.gone'),
          t('sessions.chosen.end.effect.servers'),
          t('sessions.chosen.end.effect.timeline'),
          ...(open.length < count ? [t('sessions.chosen.end.effect.others', { count: count - open.length })] : []),
        ]}
        action={t('sessions.chosen.end')}
        onConfirm={() => act(open, canEnd, closeSession, (done) => t('sessions.chosen.end.done', { count: done }))}
      />
    </div>
  );
}
