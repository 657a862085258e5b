import type { ReactNode } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import type { SettingName } from '../../../shared/model/setting-definitions';
import { valueWords } from '../../../shared/model/setting-words';
import { ConfirmDialog } from '../../ui/dialog';
import { useQuestion } from './use-question';
import { WholeRow } from './whole-row';

/** Settings that take something away for good when they are made smaller, and what. */
export const SHORTENED: Readonly<Partial<Record<SettingName, (time: string) => readonly string[]>>> = {
  retention_hours: (time) => [
    `Sessions whose client has been away for more than ${time} expire at once. Their clients begin new ones.`,
    'A session that has expired does not come back, also if you undo this.',
  ],
  kept_days: (time) => [
    `Events, and sessions that have ended, are removed once they are older than ${time}. That begins within ten minutes.`,
    'What was removed does not come back, also if you undo this.',
  ],
  history_days: (time) => [
    `History that is older than ${time} is removed. That begins within ten minutes.`,
    'What was removed does not come back, also if you undo this.',
  ],
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
          title={`${setting.label}: only ${time}?`}
          effects={effects(time ?? '')}
          action="Shorten"
          danger
          onConfirm={async () => question.answer(true)}
        />
      )}
    </>
  );
}
