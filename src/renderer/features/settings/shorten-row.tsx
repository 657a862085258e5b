import type { ReactNode } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { t } from '../../../shared/messages/language';
import type { SettingName } from '../../../shared/model/setting-definitions';
import { valueWords } from '../../../shared/model/setting-words';
import { ConfirmDialog } from '../../ui/dialog';
import { useQuestion } from './use-question';
import { WholeRow } from './whole-row';

/** Settings that take something away for good when they are made smaller, and what. */
export const SHORTENED: Readonly<Partial<Record<SettingName, (time: string) => readonly string[]>>> = {
  retention_hours: (time) => [t('settings.shorten.retention', { time }), t('settings.shorten.retention_final')],
  kept_days: (time) => [t('settings.shorten.kept', { time }), t('settings.shorten.final')],
  history_days: (time) => [t('settings.shorten.history', { time }), t('settings.shorten.final')],
};

/** A number of hours or days for which something is kept. Less of it takes something away, which is said before. */
export function ShortenRow({ setting, effects }: { setting: Setting; effects(time: string): readonly ReactNode[] }) {
  const { question, ask } = useQuestion<number>();
  const before = async (value: number) => (value >= Number(setting.value) || (await ask(value)) ? null : undefined);
  const time = question && valueWords(setting, question.about);
  return (
    <>
      <WholeRow setting={setting} before={before} />
      {question && (
        <ConfirmDialog
          open
          onClose={() => question.answer(false)}
          title={t('settings.shorten.title', { label: setting.label, time: time ?? '' })}
          effects={effects(time ?? '')}
          action={t('settings.shorten.action')}
          danger
          onConfirm={async () => question.answer(true)}
        />
      )}
    </>
  );
}
