import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { LoginStart } from '../../../shared/contract/startup';
import { HoldfastError } from '../../../shared/errors';
import { said } from '../../../shared/messages/said';
import type { StartAtLogin } from '../ports';
import { entryValues, execArguments, execValue, isWritable, stringValue, withValues } from './desktop-entry';
import type { LaunchCommand } from './launch-command';

const NAME = 'holdfast.desktop';
const ENV = '/usr/bin/env';
const HIDDEN = '--hidden';
const DATA = 'HOLDFAST_DATA_DIR';
/** A desktop entry that is longer is none of ours. */
const MOST_BYTES = 64 * 1024;

/** What an entry starts. */
interface Found {
  readonly text: string;
  /** Null if it starts nothing: it is disabled, or no valid entry. */
  readonly starts: { readonly args: readonly string[]; readonly data: string | undefined } | null;
  readonly isValid: boolean;
}

/**
 * Starting at login on Linux: a file in the folder `autostart` of the Desktop Application Autostart Specification. The
 * file is the only state, so what the user or a desktop changes in it counts at once.
 */
export class AutostartFile implements StartAtLogin {
  private readonly file: string;
  private readonly folder: string;
  private readonly command: LaunchCommand;

  /** @param configFolder - `$XDG_CONFIG_HOME`, absolute */
  constructor(configFolder: string, command: LaunchCommand) {
    this.folder = join(configFolder, 'autostart');
    this.file = join(this.folder, NAME);
    this.command = command;
  }

  get(): LoginStart {
    const found = this.read();
    return { enabled: this.isOwn(found), possible: true, note: this.noteOn(found) };
  }

  set(enabled: boolean): LoginStart {
    const isOn = this.isOwn(this.read());
    // An entry that starts something else, or nothing, is not ours to remove.
    if (enabled && !isOn) this.save(this.entry());
    if (!enabled && isOn) this.change(() => rmSync(this.file, { force: true }));
    return this.get();
  }

  refresh(): boolean {
    const found = this.read();
    if (!found?.starts || this.isOwn(found)) return false;
    const { args, data } = found.starts;
    const isOfThisForm = args.at(-1) === HIDDEN && data === this.command.env[DATA];
    if (!isOfThisForm || isProgram(args[0] ?? '')) return false;
    this.save(withValues(found.text, this.values()));
    return true;
  }

  private entry(): string {
    const { Exec, TryExec } = this.values();
    return [
      '[Desktop Entry]',
      'Type=Application',
      'Name=Holdfast',
      'Comment=Keeps MCP sessions alive',
      `Exec=${Exec}`,
      // Nothing is started, and nothing is said, when Holdfast was removed and this file was left.
      `TryExec=${TryExec}`,
      'Icon=holdfast',
      'Terminal=false',
      'StartupNotify=false',
      'X-GNOME-Autostart-enabled=true',
      '',
    ].join('\n');
  }

  /** @throws HoldfastError `invalid_input` when a path cannot stand in such a file */
  private values(): { Exec: string; TryExec: string } {
    const { args, env } = this.command;
    const [program = ''] = args;
    const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`);
    const all = [...(variables.length > 0 ? [ENV, ...variables] : []), ...args, HIDDEN];
    const wrong = program.includes('=') ? program : all.find((arg) => !isWritable(arg));
    if (wrong !== undefined) {
      throw new HoldfastError('invalid_input', said('said.login_item.name', { program: JSON.stringify(wrong) }));
    }
    return { Exec: execValue(all), TryExec: stringValue(program) };
  }

  private isOwn(found: Found | null): boolean {
    if (!found?.starts) return false;
    const { args, env } = this.command;
    // What the user added or took away after the program does not make it another one.
    return found.starts.data === env[DATA] && args.every((arg, index) => found.starts?.args[index] === arg);
  }

  private noteOn(found: Found | null): string | null {
    if (found === null || this.isOwn(found)) return null;
    if (!found.isValid) return said('said.login_item.invalid', { file: this.file });
    if (found.starts === null) return said('said.login_item.off', { file: this.file });
    const what = found.starts.args[0] ?? '?';
    return said('said.login_item.other', { file: this.file, program: what });
  }

  private read(): Found | null {
    let text: string;
    try {
      if (statSync(this.file).size > MOST_BYTES) return { text: '', starts: null, isValid: false };
      text = readFileSync(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      return { text: '', starts: null, isValid: false };
    }
    const values = entryValues(text);
    const args = execArguments(values?.get('Exec') ?? '');
    if (!values || !args || args.length === 0) return { text, starts: null, isValid: false };
    const isOff = values.get('Hidden') === 'true' || values.get('X-GNOME-Autostart-enabled') === 'false';
    return { text, starts: isOff ? null : startedBy(args), isValid: true };
  }

  private save(text: string): void {
    this.change(() => {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      const temporary = `${this.file}.${process.pid}.new`;
      try {
        writeFileSync(temporary, text, { mode: 0o644 });
        renameSync(temporary, this.file);
      } finally {
        rmSync(temporary, { force: true });
      }
    });
  }

  private change(work: () => void): void {
    try {
      work();
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
      throw new HoldfastError(
        'storage_unavailable',
        said('said.login_item.not_written', { file: this.file, code: reason }),
        { cause },
      );
    }
  }
}

/** The program with its arguments, and the data folder that it is given. */
function startedBy(args: readonly string[]): Found['starts'] {
  if (args[0] !== ENV && args[0] !== 'env') return { args, data: undefined };
  const rest = args.slice(1);
  const count = rest.findIndex((arg) => !arg.includes('='));
  const variables = count < 0 ? rest : rest.slice(0, count);
  const data = variables.findLast((arg) => arg.startsWith(`${DATA}=`))?.slice(DATA.length + 1);
  return { args: count < 0 ? [] : rest.slice(count), data };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isAbsolute(path);
  } catch {
    return false;
  }
}
