import { Circle } from 'lucide-react';
import type { RecordingChange } from '../../shared/contract/activity-contents';
import { t } from '../../shared/messages/language';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';
import { visible } from '../../shared/visible-text';
import { formatDuration } from '../format/time';
import { useActions, useHoldfast } from '../store/use-holdfast';
import { type Pace, useRefresh } from '../store/use-refresh';
import { Button } from '../ui/button';
import { Popover } from '../ui/popover';
import { toastError } from '../ui/toast';

/** It may be switched on and off elsewhere, and ends by itself. Asking costs next to nothing. */
const PACE: Pace = { afterEvents: MINUTE, anyway: 2 * SECOND, isNews: () => false };

const minutesOf = (left: Ms): number => Math.max(1, Math.ceil(left / MINUTE));

/** Says that contents are recorded, of what and for how long still, while they are; and stops it. */
export function RecordingNote() {
  const { loadRecording, setRecording } = useActions();
  useRefresh(loadRecording, PACE);
  const recording = useHoldfast((state) => state.recording);
  if (recording === null || (recording.servers.length === 0 && recording.everything_left_ms === null)) return null;
  const { servers, everything_left_ms: left } = recording;
  const change = (what: RecordingChange) => {
    setRecording(what).catch((error: unknown) => toastError(t('contents.recording.failed'), error));
  };
  const stopAll = () => change({ minutes: 0, servers: Object.fromEntries(servers.map((name) => [name, false])) });
  return (
    <Popover
      title={t('contents.recording')}
      trigger={
        <button
          type="button"
          data-recording
          className="inline-flex h-8 items-center gap-2 whitespace-nowrap rounded-md border border-line bg-surface px-2.5 font-medium text-ink text-sm hover:bg-hover"
        >
          <Circle size={10} fill="currentColor" className="text-danger" aria-hidden />
          {t('contents.recording')}
          {left !== null && <span className="text-ink-3">{formatDuration(minutesOf(left) * MINUTE)}</span>}
        </button>
      }
    >
      <ul className="flex flex-col gap-1">
        {left !== null && <li>{t('contents.recording.everything', { minutes: minutesOf(left) })}</li>}
        {servers.map((name) => (
          <li key={name} className="flex items-center justify-between gap-3">
            <span className="min-w-0 break-words">{t('contents.recording.server', { server: visible(name) })}</span>
            {servers.length + (left === null ? 0 : 1) > 1 && (
              <Button
                size="sm"
                aria-label={t('contents.recording.stop_server', { server: visible(name) })}
                onClick={() => change({ servers: { [name]: false } })}
              >
                {t('contents.recording.stop')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p className="mt-2 text-ink-3">{t('contents.recording.about')}</p>
      <Button size="sm" className="mt-3" onClick={stopAll}>
        {t('contents.recording.stop_all')}
      </Button>
    </Popover>
  );
}
