import { existsSync, readdirSync } from 'node:fs';
import type { ImportSource } from '../../../../shared/contract/server';
import { type ClientPlaces, clientFiles, platformPath } from '../../../platform/client-files';
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
export interface ImportPlaces extends ClientPlaces {
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
  const { join } = platformPath(places.platform);
  const files = clientFiles(places);
  return [
    { source: 'claude-code', file: files.claudeCode, read: readClaudeCode },
    ...files.claudeDesktop.map((file): Place => ({ source: 'claude-desktop', file, read: readClaudeDesktop })),
    { source: 'cursor', file: files.cursor, read: readCursor },
    ...files.codeFolders.flatMap((folder): Place[] => [
      { source: 'vscode', file: join(folder, 'mcp.json'), read: readVsCode },
      ...profilesBelow(join(folder, 'profiles')).map(
        (name): Place => ({ source: 'vscode', file: join(folder, 'profiles', name, 'mcp.json'), read: readVsCode }),
      ),
      { source: 'vscode', file: join(folder, 'settings.json'), read: readVsCodeSettings },
    ]),
    { source: 'codex', file: files.codex, read: readCodex },
    { source: 'gemini', file: files.gemini, read: readGemini },
  ];
}

const profilesBelow = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder).slice(0, 50) : []);
