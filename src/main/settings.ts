import { resolve } from 'node:path';
import { HoldfastError } from '../shared/errors';
import {
  definitionOf,
  SETTING_NAMES,
  type SettingValue,
  type SettingValues,
} from '../shared/model/setting-definitions';
import { checkSetting } from '../shared/model/setting-rules';
import { defaultDataFolder } from './platform/paths';

const LEAST_SECRET = 32;

/** The settings from the environment, which is read only once. */
export interface Settings {
  readonly folder: string;
  readonly secret: Uint8Array | null;
  /** Those settings of the table that the environment names. They go before what is saved. */
  readonly given: Partial<SettingValues>;
}

/**
 * Reads the settings from the environment.
 * @throws HoldfastError `invalid_input` with a message that names the variable and its valid values
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const secret = env.MCP_SESSION_SECRET || null;
  if (secret !== null && secret.length < LEAST_SECRET) {
    throw new HoldfastError('invalid_input', `MCP_SESSION_SECRET must have at least ${LEAST_SECRET} characters`);
  }
  return {
    // The keeper runs in another folder, and marks of processes name this one.
    folder: resolve(env.HOLDFAST_DATA_DIR || defaultDataFolder(env)),
    secret: secret === null ? null : Buffer.from(secret),
    given: readGiven(env),
  };
}

function readGiven(env: NodeJS.ProcessEnv): Partial<SettingValues> {
  const given: Record<string, SettingValue> = {};
  for (const name of SETTING_NAMES) {
    const { environment } = definitionOf(name);
    const text = environment === null ? undefined : env[environment];
    if (environment === null || !text) continue;
    const checked = checkSetting(name, text, environment);
    if ('problem' in checked) throw new HoldfastError('invalid_input', checked.problem);
    given[name] = checked.value;
  }
  return given as Partial<SettingValues>;
}
