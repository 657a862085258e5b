import { useState } from 'react';
import { type Language, t } from '../../../shared/messages/language';
import { LANGUAGE_CHOICES, type LanguageChoice } from '../../../shared/messages/speech';
import { keepLanguageChoice, readLanguageChoice } from '../../store/language';
import { Segmented } from '../../ui/segmented';
import { RowFrame } from './setting-frame';

/** Each in its own words, so that somebody who reads no other finds it. */
const NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };
const OPTIONS = LANGUAGE_CHOICES.map((value) => ({
  value,
  label: value === 'system' ? t('language.system') : <span translate="no">{NAMES[value]}</span>,
}));

/** The language of this window. Words are everywhere, so the page is loaded anew; sessions do not notice. */
export function LanguageRow() {
  const [choice, setChoice] = useState(() => readLanguageChoice(window.localStorage));
  const change = (next: LanguageChoice) => {
    if (!keepLanguageChoice(window.localStorage, next)) return;
    setChoice(next);
    window.location.reload();
  };
  return (
    <RowFrame label={t('language.label')} help={t('language.help')} note={t('language.note')}>
      <div>
        <Segmented label={t('language.label')} value={choice} options={OPTIONS} onChange={change} />
      </div>
    </RowFrame>
  );
}
