import { HoldfastError } from '../../../shared/errors';

/** The first line of every file that `holdfast service` makes. A file without it belongs to somebody else. */
export const MADE_BY = 'Made by "holdfast service install", which replaces it.';

/** Name of the unit, and of the service on macOS. */
export const UNIT = 'holdfast.service';
export const LABEL = 'local.holdfast';

/** What the service runs. */
export interface ServiceCommand {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;
/** systemd 252 refuses a program whose path holds one of these. */
const NO_PROGRAM = /["'\\]/;

/**
 * A systemd user unit (systemd.service(5), systemd.exec(5)), escaped so that every argument arrives as it is.
 * @throws HoldfastError `invalid_input` for a path or value that a unit has no way to hold
 */
export function systemdUnit({ program, args, env }: ServiceCommand): string {
  refuse([program, ...args, ...Object.values(env)]);
  if (NO_PROGRAM.test(program)) {
    throw new HoldfastError(
      'invalid_input',
      `systemd starts no program whose path holds quotes or backslashes. Move ${program} to a folder with a plain name.`,
    );
  }
  const exec = [`"${program.replaceAll('%', '%%')}"`, ...args.map((arg) => unitWord(arg).replaceAll('$', '$$$$'))];
  return `# ${MADE_BY}
# Your own changes belong into "systemctl --user edit ${UNIT}".
[Unit]
Description=Holdfast, keeps MCP sessions alive
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=exec
ExecStart=${exec.join(' ')}
${Object.entries(env)
  .map(([name, value]) => `Environment=${unitWord(`${name}=${value}`)}`)
  .join('\n')}
# The processes of MCP servers outlive a restart; they would end with the unit otherwise, or end it.
KillMode=process
OOMPolicy=continue
Restart=on-failure
RestartSec=2
TimeoutStopSec=20
# A start prints a link that signs a browser in. It must not stay in the journal.
StandardOutput=null

[Install]
WantedBy=default.target
`;
}

const unitWord = (text: string): string => `"${text.replace(/["\\]/g, '\\$&').replaceAll('%', '%%')}"`;

/**
 * A property list for launchd (launchd.plist(5)).
 * @throws HoldfastError `invalid_input` for a path or value that it has no way to hold
 */
export function launchdPlist({ program, args, env }: ServiceCommand): string {
  refuse([program, ...args, ...Object.values(env)]);
  const strings = [program, ...args].map((text) => `    <string>${xml(text)}</string>`);
  const variables = Object.entries(env).map(
    ([name, value]) => `    <key>${xml(name)}</key>\n    <string>${xml(value)}</string>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- ${MADE_BY} -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${strings.join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join('\n')}
  </dict>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <!-- The processes of MCP servers outlive a restart. -->
  <key>AbandonProcessGroup</key>
  <true/>
  <key>ExitTimeOut</key>
  <integer>20</integer>
</dict>
</plist>
`;
}

const XML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const xml = (text: string): string => text.replace(/[&<>]/g, (character) => XML[character] ?? character);

function refuse(texts: readonly string[]): void {
  const wrong = texts.find((text) => CONTROL.test(text));
  if (wrong === undefined) return;
  throw new HoldfastError(
    'invalid_input',
    `A service cannot be given ${JSON.stringify(wrong)}: it holds a control character. Use a path without one.`,
  );
}
