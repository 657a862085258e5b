import type { SettingGroup } from '../../../shared/model/setting-definitions';
import { useHoldfast } from '../../store/use-holdfast';
import { ChoiceRow } from './choice-row';
import { PortRow } from './port-row';
import { WholeRow } from './whole-row';

/** The settings of one group, a row each. */
export function SettingRows({ group }: { group: SettingGroup }) {
  const settings = useHoldfast((state) => state.settings);
  return settings?.settings
    .filter((setting) => setting.group === group)
    .map((setting) => {
      if (setting.name === 'port') return <PortRow key={setting.name} setting={setting} />;
      return setting.kind === 'choice' ? (
        <ChoiceRow key={setting.name} setting={setting} />
      ) : (
        <WholeRow key={setting.name} setting={setting} />
      );
    });
}
