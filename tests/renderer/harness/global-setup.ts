import type { TestProject } from 'vitest/node';
import { serveHarness } from './serve';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the window over scripted worlds is served; add `?world=<name>#/sessions`. */
    harnessUrl: string;
  }
}

/** Builds and serves the window once for all files: building it for each of them took a minute in all. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const harness = await serveHarness();
  project.provide('harnessUrl', harness.url);
  return () => harness.close();
}
