import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { said } from '../../shared/messages/said';

/** How this Holdfast came onto the machine: run from its sources, from a package with Electron, or from npm. */
export type Installation = 'source' | 'desktop' | 'npm';

/**
 * Reads it from the package.json that packaging writes; the one in the repository says nothing of it.
 * @param root - folder that holds package.json and `out`
 */
export function installationIn(root: string): Installation {
  try {
    const { holdfast } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return holdfast?.installation === 'desktop' || holdfast?.installation === 'npm' ? holdfast.installation : 'source';
  } catch {
    return 'source';
  }
}

/** How this process's Holdfast was installed. */
export const INSTALLATION: Installation = installationIn(join(import.meta.dirname, '../..'));

/** What to type or do, for sentences that tell the user; by installation. */
export interface Advice {
  /** How Holdfast is started. */
  readonly start: string;
  /** What to do when a part of it is missing or does not fit. */
  readonly repair: string;
}

const ADVICE: Record<Installation, Advice> = {
  source: {
    start: said('said.start.source'),
    repair: 'Run "npm start" once, which builds what is missing, or use Node 22.14 or newer.',
  },
  desktop: { start: said('said.start.desktop'), repair: 'Install Holdfast again.' },
  npm: {
    start: said('said.start.npm'),
    repair: 'Use Node 22.14 or newer, and install Holdfast again with it.',
  },
};

/** The advice for one way of installing; this process's own by default. */
export const advice = (installation: Installation = INSTALLATION): Advice => ADVICE[installation];
