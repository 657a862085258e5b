import { MIB } from './units';

/** Where a setting is shown. */
export type SettingGroup = 'general' | 'endpoint' | 'sessions' | 'servers' | 'privacy';

/** What a number counts. Its words are in the catalogue. */
export type SettingUnit = '%' | 'MiB' | 'hours' | 'minutes' | 'seconds' | 'days';

interface Definition {
  readonly group: SettingGroup;
  /** The variable that goes before what is saved; null if there is none. */
  readonly environment: string | null;
  /** Only the environment may set it. */
  readonly onlyEnvironment?: true;
  readonly applies: 'at_once' | 'next_start';
}

/** A whole number. */
interface WholeDefinition extends Definition {
  readonly kind: 'whole';
  readonly min: number;
  readonly max: number;
  /** The environment may go below `min`. */
  readonly minInEnvironment?: number;
  readonly unit: SettingUnit | null;
  /** Null: it depends on the machine, see {@link defaultOf}. */
  readonly default: number | null;
}

/** One of a few values. */
interface ChoiceDefinition extends Definition {
  readonly kind: 'choice';
  readonly options: readonly string[];
  readonly default: string;
}

export type SettingDefinition = WholeDefinition | ChoiceDefinition;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/**
 * Every setting, by its name, in the order in which they are shown. The window, REST, `holdfast settings` and the check of
 * docs/settings.md are made from this table; its words are in the catalogue (`setting-words.ts`). A name carries its unit, so
 * that a bare number cannot be misread.
 */
export const SETTINGS = {
  closing: {
    kind: 'choice',
    group: 'general',
    environment: null,
    applies: 'at_once',
    options: ['keep_running', 'quit'],
    default: 'keep_running',
  },
  zoom_percent: {
    kind: 'whole',
    group: 'general',
    environment: null,
    applies: 'at_once',
    min: 50,
    max: 200,
    unit: '%',
    default: 100,
  },
  log_level: {
    kind: 'choice',
    group: 'general',
    environment: 'HOLDFAST_LOG_LEVEL',
    applies: 'at_once',
    options: LEVELS,
    default: 'info',
  },
  port: {
    kind: 'whole',
    group: 'endpoint',
    environment: 'HOLDFAST_PORT',
    applies: 'next_start',
    min: 1,
    max: 65_535,
    minInEnvironment: 0,
    unit: null,
    default: 8181,
  },
  retention_hours: {
    kind: 'whole',
    group: 'sessions',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 720,
    unit: 'hours',
    default: 24,
  },
  reattach_seconds: {
    kind: 'whole',
    group: 'sessions',
    environment: null,
    applies: 'at_once',
    min: 5,
    max: 3_600,
    unit: 'seconds',
    default: 120,
  },
  token_life_minutes: {
    kind: 'whole',
    group: 'sessions',
    environment: 'MCP_RECONNECT_TOKEN_EXPIRY',
    applies: 'at_once',
    min: 1,
    max: 1_440,
    unit: 'minutes',
    default: 15,
  },
  stream_grace_seconds: {
    kind: 'whole',
    group: 'sessions',
    environment: 'HOLDFAST_STREAM_GRACE',
    applies: 'at_once',
    min: 1,
    max: 3_600,
    unit: 'seconds',
    default: 20,
  },
  quiet_minutes: {
    kind: 'whole',
    group: 'sessions',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 1_440,
    unit: 'minutes',
    default: 30,
  },
  trust_servers: {
    kind: 'choice',
    group: 'servers',
    environment: 'HOLDFAST_TRUST_SERVERS',
    onlyEnvironment: true,
    applies: 'next_start',
    options: ['0', '1'],
    default: '0',
  },
  hold_changed_tools: {
    kind: 'choice',
    group: 'servers',
    environment: null,
    applies: 'at_once',
    options: ['off', 'on'],
    default: 'off',
  },
  secrets: {
    kind: 'choice',
    group: 'servers',
    environment: 'HOLDFAST_SECRETS',
    applies: 'next_start',
    options: ['keychain', 'file'],
    default: 'keychain',
  },
  processes: {
    kind: 'whole',
    group: 'servers',
    environment: 'HOLDFAST_PROCESSES',
    applies: 'at_once',
    min: 1,
    max: 10_000,
    unit: null,
    default: 96,
  },
  processes_per_client: {
    kind: 'whole',
    group: 'servers',
    environment: 'HOLDFAST_PROCESSES_PER_CLIENT',
    applies: 'at_once',
    min: 1,
    max: 10_000,
    unit: null,
    default: 32,
  },
  processes_per_server: {
    kind: 'whole',
    group: 'servers',
    environment: 'HOLDFAST_PROCESSES_PER_SERVER',
    applies: 'at_once',
    min: 1,
    max: 10_000,
    unit: null,
    default: 32,
  },
  server_memory_mib: {
    kind: 'whole',
    group: 'servers',
    environment: 'HOLDFAST_SERVER_MEMORY',
    applies: 'at_once',
    min: 64,
    max: 1_048_576,
    unit: 'MiB',
    default: null,
  },
  kept_days: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 90,
    unit: 'days',
    default: 30,
  },
  events_mib: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 16,
    max: 16_384,
    unit: 'MiB',
    default: 1_024,
  },
  activity_days: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 90,
    unit: 'days',
    default: 7,
  },
  activity_mib: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 8,
    max: 4_096,
    unit: 'MiB',
    default: 128,
  },
  contents_mib: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 1_024,
    unit: 'MiB',
    default: 64,
  },
  history_days: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 400,
    unit: 'days',
    default: 400,
  },
  history_mib: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 256,
    unit: 'MiB',
    default: 16,
  },
  messages_mib: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 32,
    max: 8_192,
    unit: 'MiB',
    default: 256,
  },
  log_mib: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 2,
    max: 1_024,
    unit: 'MiB',
    default: 10,
  },
  backups_mib: {
    kind: 'whole',
    group: 'privacy',
    environment: null,
    applies: 'at_once',
    min: 16,
    max: 65_536,
    unit: 'MiB',
    default: 2_048,
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof SETTINGS;

/** The settings that limit how many MiB of something are kept, by the area of what is kept that they limit. */
export const SIZE_LIMITS = {
  events: 'events_mib',
  activity: 'activity_mib',
  contents: 'contents_mib',
  history: 'history_mib',
  messages: 'messages_mib',
  log: 'log_mib',
  backups: 'backups_mib',
} as const satisfies Record<string, SettingName>;
export type LimitedArea = keyof typeof SIZE_LIMITS;
export const LIMITED_AREAS = Object.keys(SIZE_LIMITS) as readonly LimitedArea[];
export type SettingValue = number | string;
/** A value for every setting. */
export type SettingValues = {
  readonly [N in SettingName]: (typeof SETTINGS)[N] extends { readonly kind: 'whole' } ? number : string;
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];
export const isSettingName = (text: string): text is SettingName => Object.hasOwn(SETTINGS, text);
/** The definition, without the exact type of its own. */
export const definitionOf = (name: SettingName): SettingDefinition => SETTINGS[name];

const LEAST_MEMORY = 2_048;

/** @param machineBytes - memory of this machine; servers may use a quarter of it, and 2 GiB in any case */
export function defaultOf(name: SettingName, machineBytes: number): SettingValue {
  const usual = definitionOf(name).default;
  return usual ?? Math.min(SETTINGS.server_memory_mib.max, Math.max(LEAST_MEMORY, Math.floor(machineBytes / 4 / MIB)));
}
