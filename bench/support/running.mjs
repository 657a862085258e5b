import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The Holdfast that runs on a data folder, as it describes itself.
 *
 * @param {string} folder
 * @returns {{ url: string, pid: number, version: string, admin_key: string }}
 */
export const findRunning = (folder) => JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8'));
