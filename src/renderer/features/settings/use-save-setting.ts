import { useState } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { t } from '../../../shared/messages/language';
import type { SettingValue, SettingValues } from '../../../shared/model/setting-definitions';
import { checkTogether } from '../../../shared/model/setting-rules';
import { valueWords } from '../../../shared/model/setting-words';
import { useActions, useHoldfastStore } from '../../store/use-holdfast';
import { errorSentence } from '../../ui/error-note';
import { toast, toastError } from '../../ui/toast';
import { named } from './named';

/** Saves one setting, says so, and offers to undo it. */
export function useSaveSetting(setting: Setting) {
  const { changeSettings } = useActions();
  const store = useHoldfastStore();
  const [error, setError] = useState<string | null>(null);

  /** @returns whether it is saved; otherwise `error` says why not. Never rejects. Null puts the default back. */
  const save = async (value: SettingValue | null): Promise<boolean> => {
    const before = setting.saved;
    // Holdfast refuses it, too, but in English.
    const problem = checkTogether(valuesWith(store.getState().settings?.settings ?? [], setting, value));
    if (problem !== null) {
      setError(problem);
      return false;
    }
    try {
      const after = await changeSettings({ [setting.name]: value });
      setError(null);
      const { label, name } = setting;
      const now = named(after.settings.find((one) => one.name === name) ?? setting);
      if (!now.editable) {
        toast({
          title: t('settings.forgotten', { label }),
          detail: t('settings.forgotten.detail', { environment: now.environment ?? '' }),
        });
        return true;
      }
      toast({
        title: t('settings.saved', { label, value: valueWords(now, now.value) }),
        detail: now.pending ? t('settings.saved.later') : t('settings.saved.now'),
        undo: () => {
          changeSettings({ [name]: before }).catch((failure) =>
            toastError(t('settings.undo_failed', { label }), failure),
          );
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

/** All values, as they would be with another one for a setting; null is its default. */
const valuesWith = (all: readonly Setting[], changed: Setting, value: SettingValue | null): SettingValues =>
  Object.fromEntries(
    all.map((one) => [one.name, one.name === changed.name ? (value ?? changed.default) : one.value]),
  ) as SettingValues;
