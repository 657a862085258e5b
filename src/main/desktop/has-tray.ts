import { execFile } from 'node:child_process';
import { MINUTE, type Ms, SECOND } from '../../shared/model/units';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const ASK: readonly (readonly [program: string, ...args: string[]])[] = [
  [
    'gdbus',
    ...'call --session --dest org.freedesktop.DBus --object-path /org/freedesktop/DBus'.split(' '),
    ...`--method org.freedesktop.DBus.NameHasOwner ${WATCHER}`.split(' '),
  ],
  [
    'dbus-send',
    ...'--session --print-reply --dest=org.freedesktop.DBus /org/freedesktop/DBus'.split(' '),
    ...`org.freedesktop.DBus.NameHasOwner string:${WATCHER}`.split(' '),
  ],
];
const LIMIT: Ms = 2 * SECOND;
/** A panel comes and goes with the desktop, not while somebody looks at a view. */
const GOOD_FOR: Ms = MINUTE;

let known: { readonly at: number; readonly answer: Promise<boolean | null> } | null = null;

/**
 * Whether the desktop shows tray icons. On Linux, Electron says nothing of a desktop without a panel for them (GNOME), so the
 * session bus is asked whether there is one, as the StatusNotifierItem specification says. Null if neither `gdbus` nor
 * `dbus-send` answers within two seconds. It never rejects.
 */
export function hasTray(): Promise<boolean | null> {
  if (process.platform !== 'linux') return Promise.resolve(true);
  if (known === null || performance.now() - known.at > GOOD_FOR) {
    known = { at: performance.now(), answer: askBus(process.env) };
  }
  return known.answer;
}

/** @param env - names the session bus */
export async function askBus(env: NodeJS.ProcessEnv): Promise<boolean | null> {
  for (const [program, ...args] of ASK) {
    const said = await outputOf(program, args, env);
    const word = /\b(true|false)\b/.exec(said ?? '')?.[1];
    if (word !== undefined) return word === 'true';
  }
  return null;
}

const outputOf = (program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | null> =>
  new Promise((resolve) => {
    execFile(program, args, { env, timeout: LIMIT, maxBuffer: 64 * 1024 }, (error, stdout) =>
      resolve(error ? null : stdout),
    );
  });
