import type { ReactNode } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { t } from '../../../shared/messages/language';
import type { SettingName } from '../../../shared/model/setting-definitions';
import { valueWords } from '../../../shared/model/setting-words';
import { ConfirmDialog } from '../../ui/dialog';
import { useQuestion } from './use-question';
import { WholeRow } from './whole-row';

/** Settings that take something away for good when they are made smaller, and what. */
export const SHORTENED: Readonly<Partial<Record<SettingName, (amount: string) => readonly string[]>>> = {
  retention_hours: (time) => [t('settings.shorten.retention', { time }), t('settings.shorten.retention_final')],
  kept_days: (time) => [t('settings.shorten.kept', { time }), t('settings.shorten.final')],
  activity_days: (time) => [t('settings.shorten.activity', { time }), t('settings.shorten.final')],
  history_days: (time) => [t('settings.shorten.history', { time }), t('settings.shorten.final')],
  events_mib: (size) => [t('settings.shorten.events_mib', { size }), t('settings.shorten.final')],
  activity_mib: (size) => [t('settings.shorten.activity_mib', { size }), t('settings.shorten.final')],
  contents_mib: (size) => [t('settings.shorten.contents_mib', { size }), t('settings.shorten.final')],
  history_mib: (size) => [t('settings.shorten.history_mib', { size }), t('settings.shorten.final')],
  messages_mib: (size) => [t('settings.shorten.messages_mib', { size }), t('settings.shorten.final')],
  log_mib: (size) => [t('settings.shorten.log_mib', { size }), t('settings.shorten.final')],
  backups_mib: (size) => [t('settings.shorten.backups_mib', { size }), t('settings.shorten.final')],
};

interface ShortenRowProps {
  setting: Setting;
  /** How much there is today of what it limits. */
  used?: string | undefined;
  effects(amount: string): readonly ReactNode[];
}

/** How long, or how much of something is kept. Less of it takes something away, which is said before. */
export function ShortenRow({ setting, used, effects }: ShortenRowProps) {
  const { question, ask } = useQuestion<number>();
  const before = async (value: number) => (value >= Number(setting.value) || (await ask(value)) ? null : undefined);
  const time = question && valueWords(setting, question.about);
  return (
    <>
      <WholeRow setting={setting} used={used} before={before} />
      {question && (
        <ConfirmDialog
          open
          onClose={() => question.answer(false)}
          title={t('settings.shorten.title', { label: setting.label, time: time ?? '' })}
          effects={effects(time ?? '')}
          action={t(setting.unit === 'MiB' ? 'settings.shorten.lower' : 'settings.shorten.action')}
          danger
          onConfirm={async () => question.answer(true)}
        />
      )}
    </>
  );
}
