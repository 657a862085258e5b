import type { KeptData } from '../../../shared/contract/privacy';
import type { Settings } from '../../../shared/contract/settings';
import { HoldfastError } from '../../../shared/errors';
import { nearest } from '../../../shared/model/nearest';
import {
  isSettingName,
  LIMITED_AREAS,
  SETTING_NAMES,
  type SettingName,
  SIZE_LIMITS,
} from '../../../shared/model/setting-definitions';
import { checkSetting } from '../../../shared/model/setting-rules';
import { MINUTE, type Ms } from '../../../shared/model/units';
import { Admin } from '../admin';
import type { Command } from '../command';
import { EXIT } from '../exit-codes';
import { dataFolder, findRunning } from '../find';
import { columns, printJson, printLine } from '../print';
import { changeLine, settingLines, settingRows } from './words';

const ROUTE = '/api/mcp/settings';
const KEPT = '/api/mcp/privacy';
/** Measuring reads the whole database. */
const MEASURED: Ms = 2 * MINUTE;
/** Words that each action takes besides its own. */
const WORDS: Readonly<Record<string, number>> = { list: 0, get: 1, set: 2, reset: 1 };
const NEEDS: Readonly<Record<string, string>> = {
  get: 'Name the setting.',
  set: 'Name the setting and its new value.',
  reset: 'Name the setting.',
};

/** `holdfast settings`: lists settings, shows one, changes one or puts its default back. */
export const settings: Command = {
  help: `Usage: holdfast settings [list] [--json]
       holdfast settings get NAME [--json]
       holdfast settings set NAME VALUE [--json]
       holdfast settings reset NAME [--json]

  list              every setting: its value, its default and where the value comes from
  get NAME          one setting, what it does and which values it takes; of a limit also how much there is
  set NAME VALUE    saves a value; it says so if that takes a restart of Holdfast
  reset NAME        puts the default back

A variable of the environment in which Holdfast was started goes before a saved value.

  --json    prints one JSON object: ok and settings, or ok and setting

Exit codes: 0 all is well, 1 it could not be done, 2 wrong usage, 3 Holdfast is not running.`,
  options: { json: { type: 'boolean' } },
  maxPositionals: 3,
  async run(given) {
    const [action = 'list', ...words] = given.positionals;
    const takes = Object.hasOwn(WORDS, action) ? WORDS[action] : undefined;
    if (takes === undefined) throw new HoldfastError('invalid_input', `There is no "settings ${action}".`);
    if (words.length > takes) throw new HoldfastError('invalid_input', `"${words[takes]}" is one word too many.`);
    if (words.length < takes) throw new HoldfastError('invalid_input', NEEDS[action]);
    const name = words[0] === undefined ? null : nameOf(words[0]);
    // What is wrong with a value can be said without Holdfast.
    const checked = action === 'set' && name !== null ? checkSetting(name, words[1]) : null;
    if (checked && 'problem' in checked) throw new HoldfastError('invalid_input', checked.problem);
    const admin = await Admin.of(findRunning(dataFolder()));
    const change =
      name === null || (action !== 'set' && action !== 'reset')
        ? {}
        : { method: 'PATCH', body: { [name]: checked ? checked.value : null } };
    const { settings: all } = (await admin.ask(ROUTE, change)) as Settings;
    const isJson = given.flag('json');
    const setting = all.find((one) => one.name === name);
    if (setting === undefined) {
      if (isJson) printJson({ ok: true, settings: all });
      else for (const line of columns(settingRows(all))) printLine(line);
    } else if (isJson) printJson({ ok: true, setting });
    else if (action === 'get') for (const line of settingLines(setting, await usedOf(admin, name))) printLine(line);
    else printLine(changeLine(setting));
    return EXIT.ok;
  },
};

/** Bytes that there are today of what a setting limits; null if it limits none. */
async function usedOf(admin: Admin, name: SettingName | null): Promise<number | null> {
  const area = LIMITED_AREAS.find((one) => SIZE_LIMITS[one] === name);
  if (area === undefined) return null;
  const { areas } = (await admin.ask(KEPT, { limit: MEASURED })) as KeptData;
  return areas.find((one) => one.name === area)?.bytes ?? null;
}

/** A name as in the list; dashes are taken for underscores. */
function nameOf(given: string): SettingName {
  const name = given.toLowerCase().replaceAll('-', '_');
  if (isSettingName(name)) return name;
  const meant = nearest(name, SETTING_NAMES);
  const hint = meant === null ? '"holdfast settings" lists all.' : `Did you mean "${meant}"?`;
  throw new HoldfastError('invalid_input', `There is no setting "${given}". ${hint}`);
}
