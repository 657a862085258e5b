import { posix, win32 } from 'node:path';

/** What has to be known about this computer to find the files of other programs. */
export interface ClientPlaces {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
}

/** Where MCP clients keep this user's settings. */
export interface ClientFiles {
  readonly claudeCode: string;
  /** The likelier one first: an app from the Microsoft Store has a folder of its own. */
  readonly claudeDesktop: readonly string[];
  readonly cursor: string;
  /** `User` folders of VS Code and of its Insiders edition. */
  readonly codeFolders: readonly string[];
  readonly codex: string;
  readonly gemini: string;
  /** Of Windsurf, and of Devin Desktop, as it is called since June 2026. */
  readonly windsurf: string;
  readonly devin: string;
  readonly zed: string;
  /** Folder that holds `opencode.json` or `opencode.jsonc`. */
  readonly opencode: string;
  /** Of Cline in VS Code, in the order of {@link codeFolders}, and of its command line. */
  readonly cline: readonly string[];
}

/** Path functions of a platform. */
export const platformPath = (platform: NodeJS.Platform): typeof posix => (platform === 'win32' ? win32 : posix);

/** Where other programs keep their settings on a computer, whether or not they are installed. Reads nothing. */
export function clientFiles({ home, platform, environment }: ClientPlaces): ClientFiles {
  const { isAbsolute, join } = platformPath(platform);
  const isWindows = platform === 'win32';
  // An empty variable is none, and a relative one would be another place for each program that is started.
  const given = environment.XDG_CONFIG_HOME;
  const dotConfig = given && isAbsolute(given) ? given : join(home, '.config');
  const roaming = environment.APPDATA || join(home, 'AppData', 'Roaming');
  const ofSystem = { darwin: join(home, 'Library', 'Application Support'), win32: roaming };
  const data = ofSystem[platform as keyof typeof ofSystem] ?? dotConfig;
  const storeApp = join(
    environment.LOCALAPPDATA || join(home, 'AppData', 'Local'),
    ...['Packages', 'Claude_pzs8sxrjxfjjc', 'LocalCache', 'Roaming', 'Claude'],
  );
  const codeFolders = ['Code', 'Code - Insiders'].map((name) => join(data, name, 'User'));
  const ofCline = ['settings', 'cline_mcp_settings.json'];
  const cline = ['globalStorage', 'saoudrizwan.claude-dev', ...ofCline];
  return {
    claudeCode: join(environment.CLAUDE_CONFIG_DIR || home, '.claude.json'),
    claudeDesktop: [join(data, 'Claude'), ...(isWindows ? [storeApp] : [])].map((folder) =>
      join(folder, 'claude_desktop_config.json'),
    ),
    cursor: join(home, '.cursor', 'mcp.json'),
    codeFolders,
    codex: join(environment.CODEX_HOME || join(home, '.codex'), 'config.toml'),
    gemini: join(home, '.gemini', 'settings.json'),
    windsurf: join(home, '.codeium', 'windsurf', 'mcp_config.json'),
    devin: join(isWindows ? roaming : join(home, '.config'), 'devin', 'mcp_config.json'),
    // Zed keeps its settings in ~/.config on macOS, too.
    zed: isWindows
      ? join(roaming, 'Zed', 'settings.json')
      : join(platform === 'darwin' ? join(home, '.config') : dotConfig, 'zed', 'settings.json'),
    opencode: join(dotConfig, 'opencode'),
    cline: [...codeFolders.map((folder) => join(folder, ...cline)), join(home, '.cline', 'data', ...ofCline)],
  };
}
