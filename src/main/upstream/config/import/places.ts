import { existsSync, readdirSync } from 'node:fs';
import { posix, win32 } from 'node:path';
import type { ImportSource } from '../../../../shared/contract/server';
import { readCodex } from './codex';
import {
  type EntryReader,
  readClaudeCode,
  readClaudeDesktop,
  readCursor,
  readGemini,
  readVsCode,
  readVsCodeSettings,
} from './readers';

/** What the import needs to know about this computer. */
export interface ImportPlaces {
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether this is Holdfast's own address. */
  isOwn(url: URL): boolean;
}

/** Another program's file that may name servers. */
export interface Place {
  readonly source: ImportSource;
  readonly file: string;
  readonly read: EntryReader;
}

/** The files in which other programs keep this user's servers. Claude Code's project list leads to those of projects. */
export function placesOf(places: ImportPlaces): Place[] {
  const { home, platform, environment } = places;
  const { join } = platform === 'win32' ? win32 : posix;
  const applicationData = {
    darwin: [home, 'Library', 'Application Support'],
    win32: [environment.APPDATA ?? join(home, 'AppData', 'Roaming')],
  }[platform as string] ?? [environment.XDG_CONFIG_HOME ?? join(home, '.config')];
  const inData = (...parts: string[]) => join(...(applicationData as [string]), ...parts);
  const storeApp = join(
    environment.LOCALAPPDATA ?? join(home, 'AppData', 'Local'),
    ...['Packages', 'Claude_pzs8sxrjxfjjc', 'LocalCache', 'Roaming', 'Claude'],
  );
  const codeFolders = ['Code', 'Code - Insiders'].map((name) => inData(name, 'User'));
  return [
    { source: 'claude-code', file: join(environment.CLAUDE_CONFIG_DIR ?? home, '.claude.json'), read: readClaudeCode },
    { source: 'claude-desktop', file: inData('Claude', 'claude_desktop_config.json'), read: readClaudeDesktop },
    ...(platform === 'win32'
      ? [
          {
            source: 'claude-desktop',
            file: join(storeApp, 'claude_desktop_config.json'),
            read: readClaudeDesktop,
          } as const,
        ]
      : []),
    { source: 'cursor', file: join(home, '.cursor', 'mcp.json'), read: readCursor },
    ...codeFolders.flatMap((folder): Place[] => [
      { source: 'vscode', file: join(folder, 'mcp.json'), read: readVsCode },
      ...profilesBelow(join(folder, 'profiles')).map(
        (name): Place => ({ source: 'vscode', file: join(folder, 'profiles', name, 'mcp.json'), read: readVsCode }),
      ),
      { source: 'vscode', file: join(folder, 'settings.json'), read: readVsCodeSettings },
    ]),
    { source: 'codex', file: join(environment.CODEX_HOME ?? join(home, '.codex'), 'config.toml'), read: readCodex },
    { source: 'gemini', file: join(home, '.gemini', 'settings.json'), read: readGemini },
  ];
}

const profilesBelow = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).slice(0, 50) : []);
