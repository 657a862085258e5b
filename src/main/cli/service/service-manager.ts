import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HoldfastError } from '../../../shared/errors';
import { configFolder } from '../../platform/paths';
import { LABEL, launchdPlist, type ServiceCommand, systemdUnit, UNIT } from './service-files';

const RUN_MS = 30_000;

/** What runs services on this system. */
export interface ServiceManager {
  /** The file that describes the service. */
  readonly file: string;
  text(command: ServiceCommand): string;
  /** Commands that make it known and start it at login; with `now`, at once as well. */
  install(now: boolean): readonly (readonly string[])[];
  /** Commands that end it, before its file is removed. */
  readonly stop: readonly (readonly string[])[];
  /** Commands after its file was removed. */
  readonly forget: readonly (readonly string[])[];
  /** A command that succeeds while it runs. */
  readonly isRunning: readonly string[];
  /** Command that starts it. */
  readonly start: readonly string[];
  /** Command that starts it anew. */
  readonly restart: readonly string[];
  /** When it runs, as a sentence. */
  readonly when: string;
}

/**
 * The service manager of a system.
 * @throws HoldfastError `invalid_input` with a sentence where there is none for it
 */
export function serviceManager(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): ServiceManager {
  if (platform === 'linux') return systemd(env);
  if (platform === 'darwin') return launchd(env);
  throw new HoldfastError(
    'invalid_input',
    'Holdfast makes no service on this system. Start its app at login instead, in its settings, or run "holdfast headless".',
  );
}

const systemctl = (...args: readonly string[]): readonly string[] => ['systemctl', '--user', ...args];

const systemd = (env: NodeJS.ProcessEnv): ServiceManager => ({
  file: join(configFolder(env), 'systemd/user', UNIT),
  text: systemdUnit,
  install: (now) => [systemctl('daemon-reload'), systemctl('enable', ...(now ? ['--now'] : []), UNIT)],
  stop: [systemctl('disable', '--now', UNIT)],
  forget: [systemctl('daemon-reload')],
  isRunning: systemctl('is-active', '--quiet', UNIT),
  start: systemctl('start', UNIT),
  restart: systemctl('restart', UNIT),
  when: 'The service runs while you are logged in. To run it from the start of the machine on: loginctl enable-linger',
});

function launchd(env: NodeJS.ProcessEnv): ServiceManager {
  const domain = `gui/${process.getuid?.() ?? 0}`;
  const file = join(env.HOME || homedir(), 'Library/LaunchAgents', `${LABEL}.plist`);
  const start = ['launchctl', 'bootstrap', domain, file];
  return {
    file,
    text: launchdPlist,
    install: (now) => (now ? [start] : []),
    stop: [['launchctl', 'bootout', `${domain}/${LABEL}`]],
    forget: [],
    isRunning: ['launchctl', 'print', `${domain}/${LABEL}`],
    start,
    restart: ['launchctl', 'kickstart', '-k', `${domain}/${LABEL}`],
    when: 'The service runs while you are logged in.',
  };
}

/** Runs a command of the service manager; null if it succeeded, else why not, in its own words. */
export function runCommand([program = '', ...args]: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout: RUN_MS }, (error, _stdout, stderr) => {
      if (!error) return resolve(null);
      const code = (error as NodeJS.ErrnoException).code;
      resolve(
        code === 'ENOENT' ? `there is no ${program} here` : stderr.trim().split('\n')[0] || `it failed (${code})`,
      );
    });
  });
}

/** A command as it is typed. */
export const typed = (command: readonly string[]): string =>
  command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
