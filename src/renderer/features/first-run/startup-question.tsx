import { useCallback, useEffect, useState } from 'react';
import type { Startup } from '../../../shared/contract/startup';
import { t } from '../../../shared/messages/language';
import { useActions } from '../../store/use-holdfast';
import { Said } from '../../ui/said';
import { Switch } from '../../ui/switch';
import { toastError } from '../../ui/toast';

/** Asks whether Holdfast starts at login. Nothing where that is not possible. */
export function StartupQuestion() {
  const { loadStartup, setStartup } = useActions();
  const [startup, setState] = useState<Startup | null>(null);
  const [busy, setBusy] = useState(false);
  const load = useCallback(async () => setState(await loadStartup()), [loadStartup]);
  // Without an answer there is no question.
  useEffect(() => void load().catch(() => undefined), [load]);
  if (startup === null || !startup.possible) return null;
  const change = async (enabled: boolean) => {
    setBusy(true);
    try {
      setState(await setStartup(enabled));
    } catch (error) {
      toastError(t('first_run.startup'), error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="min-w-0">
      <Switch
        label={t('first_run.startup')}
        checked={startup.enabled}
        disabled={busy}
        onChange={(enabled) => void change(enabled)}
      />
      <p className="text-ink-3 text-xs">
        {startup.note === null ? t('first_run.startup.about') : <Said text={startup.note} />}
      </p>
    </div>
  );
}
