import type { Setting } from '../../../shared/contract/settings';
import { isSettingName } from '../../../shared/model/setting-definitions';
import { inOwnWords } from '../../../shared/model/setting-words';

/** A setting in the words of this window: the main process speaks English. One of a newer Holdfast stays as it is. */
export const named = (setting: Setting): Setting =>
  isSettingName(setting.name) ? inOwnWords(setting, setting.name) : setting;
