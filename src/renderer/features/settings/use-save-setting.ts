import { useState } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import type { SettingValue } from '../../../shared/model/setting-definitions';
import { valueWords } from '../../../shared/model/setting-words';
import { useActions } from '../../store/use-holdfast';
import { errorSentence } from '../../ui/error-note';
import { toast, toastError } from '../../ui/toast';

/** Saves one setting, says so, and offers to undo it. */
export function useSaveSetting(setting: Setting) {
  const { changeSettings } = useActions();
  const [error, setError] = useState<string | null>(null);

  /** @returns whether it is saved; otherwise `error` says why not. Never rejects. Null puts the default back. */
  const save = async (value: SettingValue | null): Promise<boolean> => {
    const before = setting.saved;
    try {
      const after = await changeSettings({ [setting.name]: value });
      setError(null);
      const { label, name } = setting;
      const now = after.settings.find((one) => one.name === name) ?? setting;
      if (!now.editable) {
        toast({ title: `${label}: nothing is saved any more`, detail: `${now.environment} sets it as before.` });
        return true;
      }
      toast({
        title: `${label}: ${valueWords(now, now.value)}`,
        detail: now.pending ? 'After the next start of Holdfast.' : 'This holds from now on.',
        undo: () => {
          changeSettings({ [name]: before }).catch((failure) => toastError(`${label} could not be put back`, failure));
        },
      });
      return true;
    } catch (failure) {
      setError(errorSentence(failure));
      return false;
    }
  };
  return { save, error, setError };
}
