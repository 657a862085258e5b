/** Where a setting is shown. */
export type SettingGroup = 'general' | 'endpoint' | 'sessions' | 'servers' | 'privacy';

interface Definition {
  readonly group: SettingGroup;
  readonly label: string;
  /** One line: what it does. */
  readonly help: string;
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
  readonly unit: string | null;
  /** Null: it depends on the machine, see {@link defaultOf}. */
  readonly default: number | null;
}

/** One of a few values. */
interface ChoiceDefinition extends Definition {
  readonly kind: 'choice';
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly default: string;
}

export type SettingDefinition = WholeDefinition | ChoiceDefinition;

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'];

/**
 * Every setting, by its name, in the order in which they are shown. The window, REST, `holdfast settings` and the check of
 * docs/settings.md are made from this table. A name carries its unit, so that a bare number cannot be misread.
 */
export const SETTINGS = {
  closing: {
    kind: 'choice',
    group: 'general',
    label: 'When the window is closed',
    help: 'Sessions live on without the window; after a quit, they wait for the next start.',
    environment: null,
    applies: 'at_once',
    options: [
      { value: 'keep_running', label: 'Keep running' },
      { value: 'quit', label: 'Quit' },
    ],
    default: 'keep_running',
  },
  zoom_percent: {
    kind: 'whole',
    group: 'general',
    label: 'Zoom',
    help: 'Size of everything in the window. A browser has its own zoom.',
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
    label: 'Log level',
    help: 'How much goes into holdfast.log in the data folder. Secrets never do.',
    environment: 'HOLDFAST_LOG_LEVEL',
    applies: 'at_once',
    options: LEVELS.map((value) => ({ value, label: value })),
    default: 'info',
  },
  port: {
    kind: 'whole',
    group: 'endpoint',
    label: 'Port',
    help: 'Port of the endpoint on this computer. Holdfast never picks another by itself: clients have it in their settings.',
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
    label: 'Keep a session without a client',
    help: 'A session that lost its client can be resumed for this long, then it expires. Only time in which Holdfast runs counts. Shortening it ends those that are away for longer.',
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
    label: 'Re-attach window',
    help: 'A client that initializes again within this time after a drop gets its session back.',
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
    label: 'Life of a reconnect token',
    help: 'A reconnect token is refused after this time. Tokens that are out already keep theirs.',
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
    label: 'Stream grace',
    help: 'A lost push stream counts as a disconnect after this time without any request.',
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
    label: 'Quiet limit',
    help: 'Without an open stream, a session that is silent for this long counts as disconnected.',
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
    label: 'New commands in servers.json',
    help: 'Whether a command that was not confirmed yet may run. Whoever starts Holdfast decides.',
    environment: 'HOLDFAST_TRUST_SERVERS',
    onlyEnvironment: true,
    applies: 'next_start',
    options: [
      { value: '0', label: 'Ask before the first run' },
      { value: '1', label: 'Run without asking' },
    ],
    default: '0',
  },
  secrets: {
    kind: 'choice',
    group: 'servers',
    label: 'Secrets of servers',
    help: 'Where the app keeps stored values and logins of servers. Choose files for a data folder that is also used without a window.',
    environment: 'HOLDFAST_SECRETS',
    applies: 'next_start',
    options: [
      { value: 'keychain', label: 'Keychain of the system' },
      { value: 'file', label: 'Files that only your user may read' },
    ],
    default: 'keychain',
  },
  processes: {
    kind: 'whole',
    group: 'servers',
    label: 'Processes in all',
    help: 'Most processes of servers over stdio at a time. At the limit, the one that was not used for longest makes room.',
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
    label: 'Processes per client',
    help: 'Of these, most for the sessions of one client.',
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
    label: 'Processes per server',
    help: 'Of these, most of one server.',
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
    label: 'Memory',
    help: 'Memory that processes of servers use together. Beyond it, unused ones are ended.',
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
    label: 'Keep events and ended sessions',
    help: 'Older ones are removed within minutes to hours, a few thousand at a time.',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 90,
    unit: 'days',
    default: 30,
  },
  history_days: {
    kind: 'whole',
    group: 'privacy',
    label: 'Keep history',
    help: 'Charts by the hour go back this far; by the minute, 30 days at most.',
    environment: null,
    applies: 'at_once',
    min: 1,
    max: 400,
    unit: 'days',
    default: 400,
  },
} as const satisfies Record<string, SettingDefinition>;

export type SettingName = keyof typeof SETTINGS;
export type SettingValue = number | string;
/** A value for every setting. */
export type SettingValues = {
  readonly [N in SettingName]: (typeof SETTINGS)[N] extends { readonly kind: 'whole' } ? number : string;
};

export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];
export const isSettingName = (text: string): text is SettingName => Object.hasOwn(SETTINGS, text);
/** The definition, without the exact type of its own. */
export const definitionOf = (name: SettingName): SettingDefinition => SETTINGS[name];

const MIB = 1024 * 1024;
const LEAST_MEMORY = 2_048;

/** @param machineBytes - memory of this machine; servers may use a quarter of it, and 2 GiB in any case */
export function defaultOf(name: SettingName, machineBytes: number): SettingValue {
  const usual = definitionOf(name).default;
  return usual ?? Math.min(SETTINGS.server_memory_mib.max, Math.max(LEAST_MEMORY, Math.floor(machineBytes / 4 / MIB)));
}
