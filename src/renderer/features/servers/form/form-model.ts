import type { OAuthInput, Server, ServerInput, ServerPolicy } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { ownValue } from '../../../../shared/model/own-value';
import { HIDDEN } from '../../../../shared/model/secret-values';
import { IDLE_STOP_MINUTES, SERVER_NAME } from '../../../../shared/model/server-rules';
import { isCommandError } from '../../../../shared/model/server-words';
import { readArguments, readCommand, writeArguments, writeCommand } from './arguments';
import { EMPTY_LOGIN, type LoginFields, loginFieldsOf, loginProblems, readLogin } from './login-model';

/** A row of the environment or the headers. The value is a secret: it lives in the dialog and disappears with it. */
export interface SecretRow {
  readonly id: number;
  readonly name: string;
  /** Null keeps the stored value. */
  readonly value: string | null;
}

/** The contents of the form. */
export interface FormFields {
  readonly name: string;
  readonly transport: 'stdio' | 'http';
  readonly command: string;
  readonly args: string;
  readonly cwd: string;
  readonly env: readonly SecretRow[];
  readonly url: string;
  /** It speaks the older HTTP+SSE. */
  readonly older: boolean;
  readonly headers: readonly SecretRow[];
  readonly login: LoginFields;
  readonly policy: ServerPolicy;
  readonly idleMinutes: string;
}

export const EMPTY_FIELDS: FormFields = {
  name: '',
  transport: 'stdio',
  command: '',
  args: '',
  cwd: '',
  env: [],
  url: '',
  older: false,
  headers: [],
  login: EMPTY_LOGIN,
  policy: 'per-session',
  idleMinutes: '',
};

/** Default minutes without use after which a server is stopped. */
export const USUAL_IDLE: Readonly<Record<ServerPolicy, number>> = { 'per-session': 60, lazy: 10, shared: 10 };

let lastRow = 0;
export function secretRow(name: string, value: string | null): SecretRow {
  lastRow += 1;
  return { id: lastRow, name, value };
}

/** A value that may be shown and is complete; null for any other, which is kept until it is replaced. */
const whole = (value: string | undefined): string | null =>
  value === undefined || value.includes(HIDDEN) ? null : value;

/** The form for an existing server: values that are not shown are kept until they are replaced. */
export const fieldsOf = (server: Server): FormFields => ({
  name: server.name,
  transport: server.transport,
  // A whole command line that was entered as the program is shown as it is, so that saving splits it.
  command: isCommandError(server.last_error) ? (server.command ?? '') : writeCommand(server.command ?? ''),
  args: writeArguments(server.args),
  cwd: server.cwd ?? '',
  env: server.env_names.map((name) => secretRow(name, whole(ownValue(server.env_values, name)))),
  url: server.url ?? '',
  older: server.older_transport,
  headers: server.header_names.map((name) => secretRow(name, null)),
  login: loginFieldsOf(server),
  policy: server.policy,
  idleMinutes: String(server.idle_stop_minutes),
});

type FieldName =
  | 'name'
  | 'command'
  | 'env'
  | 'url'
  | 'headers'
  | 'idleMinutes'
  | keyof ReturnType<typeof loginProblems>;
export type FieldProblems = Readonly<Partial<Record<FieldName, string>>>;

export type FormResult =
  | { readonly ok: true; readonly server: ServerInput }
  /** `wrongRow`: id of the variable or header that is wrong; null if none is. */
  | { readonly ok: false; readonly problems: FieldProblems; readonly wrongRow: number | null };

/**
 * Reads the form and checks it by the contract's own rules.
 *
 * @param taken - names of the other servers
 */
export function readForm(fields: FormFields, taken: readonly string[]): FormResult {
  const stdio = fields.transport === 'stdio';
  const name = fields.name.trim();
  const idle = fields.policy === 'shared' ? '' : fields.idleMinutes.trim();
  const rows = stdio ? fields.env : fields.headers;
  const oauth = stdio ? undefined : readLogin(fields.login);
  const wrong = rowsProblem(rows, stdio) ?? (stdio ? null : authorizationProblem(rows, oauth));
  const found: Partial<Record<FieldName, string | null>> = {
    name: nameProblem(name, taken),
    command: stdio && readCommand(fields.command).program === '' ? t('server_form.problem.command') : null,
    url: stdio ? null : urlProblem(fields.url.trim()),
    env: stdio ? (wrong?.problem ?? null) : null,
    headers: stdio ? null : (wrong?.problem ?? null),
    ...(stdio ? {} : loginProblems(fields.login)),
    idleMinutes: idleProblem(idle),
  };
  const problems = Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== null));
  if (Object.keys(problems).length > 0) return { ok: false, problems, wrongRow: wrong?.row.id ?? null };

  const secrets = Object.fromEntries(rows.filter((row) => !isBlank(row)).map((row) => [row.name.trim(), row.value]));
  const { program, args } = readCommand(fields.command);
  const cwd = fields.cwd.trim();
  return {
    ok: true,
    server: {
      name,
      policy: fields.policy,
      ...(idle !== '' && { idle_stop_minutes: Number(idle) }),
      ...(stdio
        ? {
            command: program,
            args: [...args, ...readArguments(fields.args)],
            ...(cwd !== '' && { cwd }),
            env: secrets,
          }
        : { url: fields.url.trim(), sse: fields.older, headers: secrets, ...(oauth && { oauth }) }),
    },
  };
}

function nameProblem(name: string, taken: readonly string[]): string | null {
  if (name === '') return t('server_form.problem.no_name');
  if (name.length > SERVER_NAME.longest) return t('server_form.problem.long_name', { most: SERVER_NAME.longest });
  if (!SERVER_NAME.pattern.test(name)) return t('server_form.problem.wrong_name');
  return taken.includes(name) ? t('server_form.problem.taken') : null;
}

function idleProblem(text: string): string | null {
  const { least, most } = IDLE_STOP_MINUTES;
  const fits = text === '' || (/^\d+$/.test(text) && Number(text) >= least && Number(text) <= most);
  return fits ? null : t('server_form.problem.idle', { least, most });
}

/** A row that is not filled in does not count. */
const isBlank = ({ name, value }: SecretRow) => name.trim() === '' && (value ?? '') === '';

interface RowProblem {
  readonly row: SecretRow;
  readonly problem: string;
}

function rowsProblem(all: readonly SecretRow[], isEnv: boolean): RowProblem | null {
  const rows = all.filter((row) => !isBlank(row));
  const nameOf = (row: SecretRow) => row.name.trim();
  const nameless = rows.find((row) => nameOf(row) === '');
  if (nameless) return { row: nameless, problem: t('server_form.problem.no_row_name') };
  const isWrong = (name: string) => (isEnv ? /[=\0]/.test(name) : !/^[!#$%&'*+.^_`|~\w-]+$/.test(name));
  const wrong = rows.find((row) => isWrong(nameOf(row)));
  if (wrong) {
    const id = isEnv ? 'server_form.problem.variable' : 'server_form.problem.header';
    return { row: wrong, problem: t(id, { name: nameOf(wrong) }) };
  }
  const same = rows.map((row) => (isEnv ? nameOf(row) : nameOf(row).toLowerCase()));
  const twice = rows.find((_, index) => same.indexOf(same[index] ?? '') !== index);
  return twice ? { row: twice, problem: t('server_form.problem.twice', { name: nameOf(twice) }) } : null;
}

/** A login sends this header itself. */
function authorizationProblem(rows: readonly SecretRow[], oauth: OAuthInput | undefined): RowProblem | null {
  if (oauth === undefined || oauth.needed === false || Object.keys(oauth).length === 0) return null;
  const row = rows.find(({ name }) => name.trim().toLowerCase() === 'authorization');
  return row ? { row, problem: t('server_form.problem.authorization') } : null;
}

function urlProblem(text: string): string | null {
  if (text === '') return t('server_form.problem.no_address');
  const url = URL.parse(text);
  if (!url) return t('server_form.problem.address');
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return t('server_form.problem.scheme');
  return url.username || url.password ? t('server_form.problem.password') : null;
}
