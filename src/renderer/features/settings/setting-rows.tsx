import type { Setting } from '../../../shared/contract/settings';
import {
  isSettingName,
  LIMITED_AREAS,
  type SettingGroup,
  SIZE_LIMITS,
} from '../../../shared/model/setting-definitions';
import { formatBytes } from '../../format/number';
import { useHoldfast } from '../../store/use-holdfast';
import { ChoiceRow } from './choice-row';
import { named } from './named';
import { PortRow } from './port-row';
import { SHORTENED, ShortenRow } from './shorten-row';
import { WholeRow } from './whole-row';

/** The settings of one group, a row each. */
export function SettingRows({ group }: { group: SettingGroup }) {
  const settings = useHoldfast((state) => state.settings);
  return settings?.settings
    .filter((setting) => setting.group === group)
    .map((setting) => <SettingRow key={setting.name} setting={named(setting)} />);
}

function SettingRow({ setting }: { setting: Setting }) {
  const { name, kind } = setting;
  const area = LIMITED_AREAS.find((one) => SIZE_LIMITS[one] === name);
  const used = useHoldfast((state) => state.kept?.areas.find((one) => one.name === area)?.bytes);
  const effects = isSettingName(name) ? SHORTENED[name] : undefined;
  if (name === 'port') return <PortRow setting={setting} />;
  if (effects) {
    return <ShortenRow setting={setting} effects={effects} used={used === undefined ? undefined : formatBytes(used)} />;
  }
  return kind === 'choice' ? <ChoiceRow setting={setting} /> : <WholeRow setting={setting} />;
}
