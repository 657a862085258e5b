import { type ClipboardEvent, type FormEvent, useId, useRef, useState } from 'react';
import type { Server, ServerInput } from '../../../../shared/contract/server';
import { t } from '../../../../shared/messages/language';
import { ownValue } from '../../../../shared/model/own-value';
import { shownValue } from '../../../../shared/model/secret-values';
import { showInvisible } from '../../../../shared/visible-text';
import { useActions, useHoldfast } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { ErrorNote } from '../../../ui/error-note';
import { Field } from '../../../ui/field';
import { focusInvalid } from '../../../ui/focus-invalid';
import { RichMessage } from '../../../ui/rich-message';
import { Said } from '../../../ui/said';
import { Segmented } from '../../../ui/segmented';
import { TextArea } from '../../../ui/text-area';
import { toast } from '../../../ui/toast';
import { useLeaving } from '../../../ui/use-leaving';
import { CommandShown, isSameCommand, type ShownCommand } from '../command-shown';
import { CONFIRM_DESCRIPTION, confirmTitle } from '../confirm-command';
import { readArguments, readCommand } from './arguments';
import { EMPTY_FIELDS, type FieldProblems, type FormFields, fieldsOf, readForm, USUAL_IDLE } from './form-model';
import { LoginSection } from './login-section';
import { type Pasted, readPasted } from './paste';
import { PasteBox } from './paste-box';
import { PolicyChoice } from './policy-choice';
import { SecretRows } from './secret-rows';

const TRANSPORTS = [
  { value: 'stdio', label: t('server_form.program') },
  { value: 'http', label: t('server_form.web') },
] as const;

export interface ServerDialogProps {
  /** Null to add one. */
  server: Server | null;
  onClose(): void;
  onSaved(servers: readonly Server[]): void;
}

/** Adds a server or changes one. Typed secrets live in here and nowhere else. */
export function ServerDialog({ server, onClose, onSaved }: ServerDialogProps) {
  const { saveServer } = useActions();
  const list = useHoldfast((state) => state.servers);
  const [before] = useState<FormFields>(() => (server ? fieldsOf(server) : EMPTY_FIELDS));
  const [fields, setFields] = useState<FormFields>(before);
  const formId = useId();
  const [note, setNote] = useState('');
  const [tried, setTried] = useState(false);
  /** The user reviews the whole command before it is saved, because saving it here confirms it. */
  const [looking, setLooking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);
  const taken = (list?.servers ?? []).map(({ name }) => name).filter((name) => name !== server?.name);
  const result = readForm(fields, taken);
  const command = result.ok ? commandOf(result.server, server) : null;
  const problems: FieldProblems = tried && !result.ok ? result.problems : {};
  const wrongRow = result.ok ? null : result.wrongRow;
  const set = (part: Partial<FormFields>) => setFields((before) => ({ ...before, ...part }));

  const fillIn = ({ fields: found, others }: Pasted) => {
    setFields(({ policy, idleMinutes, name }) => ({ ...found, name: found.name || name, policy, idleMinutes }));
    setNote(others.length > 0 ? t('server_form.filled_more', { others: others.join(', ') }) : t('server_form.filled'));
  };
  const pasteIntoName = (event: ClipboardEvent) => {
    const pasted = readPasted(event.clipboardData.getData('text'));
    if (!pasted) return;
    event.preventDefault();
    fillIn(pasted);
  };

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!result.ok) {
      focusInvalid(form.current);
      return;
    }
    if (command && !(server?.trusted && isSameCommand(server, command))) setLooking(true);
    else await store(result.server);
  };
  const store = async (input: ServerInput) => {
    setBusy(true);
    setError(null);
    try {
      const saved = await saveServer({ server: input, ...(server && { replaces: server.name }) });
      toast({ title: t(server ? 'server_form.changed' : 'server_form.added', { name: saved.name }) });
      onSaved([saved]);
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  const { leave, question } = useLeaving(
    JSON.stringify(fields) !== JSON.stringify(before),
    server ? t('server_form.discard_edit', { name: server.name }) : t('server_form.discard_add'),
  );
  const close = () => leave(onClose);
  if (looking && result.ok && command) {
    return (
      <Dialog
        open
        wide
        onClose={close}
        footer={
          <>
            {error !== null && <ErrorNote error={error} className="w-full" />}
            <Button className="me-auto" disabled={busy} onClick={() => setLooking(false)}>
              {t('server_form.back')}
            </Button>
            <Button disabled={busy} onClick={() => void store({ ...result.server, enabled: false })}>
              {t('servers.confirm.keep_off')}
            </Button>
            <Button variant="primary" disabled={busy} onClick={() => void store(result.server)}>
              {t('servers.confirm.run')}
            </Button>
          </>
        }
        title={confirmTitle(result.server.name)}
        description={CONFIRM_DESCRIPTION}
      >
        <CommandShown command={command} />
        {question}
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      wide
      onClose={close}
      title={server ? t('server_form.edit_title', { name: server.name }) : t('server_form.add_title')}
      footer={
        <>
          {error !== null && <ErrorNote error={error} className="w-full" />}
          {fields.transport === 'stdio' && <p className="me-auto text-ink-3 text-sm">{t('server_form.review_note')}</p>}
          <Button onClick={close}>{t('server_form.cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" disabled={busy}>
            {t(server ? 'server_form.save' : 'server_form.add')}
          </Button>
        </>
      }
    >
      {question}
      <form id={formId} ref={form} noValidate onSubmit={(event) => void save(event)} className="flex flex-col gap-3">
        {!server && <PasteBox onPasted={fillIn} />}
        {server?.problem != null && (
          <p className="break-words rounded-md bg-danger-soft px-3 py-2 text-danger text-sm">
            <Said text={server.problem} />
          </p>
        )}
        <p role="status" className="text-active text-sm empty:hidden">
          {note}
        </p>
        <Field
          label={t('server_form.name')}
          value={fields.name}
          autoComplete="off"
          spellCheck={false}
          onChange={(name) => set({ name })}
          onPaste={pasteIntoName}
          error={problems.name}
          hint={t('server_form.name_hint')}
        />
        <div>
          <Segmented
            label={t('server_form.kind')}
            value={fields.transport}
            options={TRANSPORTS}
            onChange={(transport) => set({ transport })}
          />
        </div>
        {fields.transport === 'stdio' ? (
          <ProgramFields fields={fields} problems={problems} wrongRow={wrongRow} set={set} />
        ) : (
          <AddressFields fields={fields} problems={problems} wrongRow={wrongRow} set={set} />
        )}
        <PolicyChoice value={fields.policy} onChange={(policy) => set({ policy })} />
        {fields.policy !== 'shared' && (
          <div className="max-w-72">
            <Field
              label={t(fields.policy === 'lazy' ? 'server_form.idle_lazy' : 'server_form.idle_session')}
              value={fields.idleMinutes}
              inputMode="numeric"
              autoComplete="off"
              placeholder={String(USUAL_IDLE[fields.policy])}
              onChange={(idleMinutes) => set({ idleMinutes })}
              error={problems.idleMinutes}
              hint={t('server_form.idle_hint', { minutes: USUAL_IDLE[fields.policy] })}
            />
          </div>
        )}
      </form>
    </Dialog>
  );
}

/** The command of an input; null if there is none. A value that is kept is shown as it was before. */
function commandOf({ command, args = [], cwd, env = {} }: ServerInput, old: Server | null): ShownCommand | null {
  if (command === undefined) return null;
  const shown = Object.entries(env).map(([name, value]) => [
    name,
    value === null ? old && ownValue(old.env_values, name) : shownValue(name, value),
  ]);
  const env_values = Object.fromEntries(shown.filter(([, value]) => typeof value === 'string'));
  return { command, args, cwd: cwd ?? null, env_names: Object.keys(env), env_values };
}

interface PartProps {
  fields: FormFields;
  problems: FieldProblems;
  wrongRow: number | null;
  set(part: Partial<FormFields>): void;
}

function ProgramFields({ fields, problems, wrongRow, set }: PartProps) {
  return (
    <>
      <Field
        label={t('server_form.command')}
        value={fields.command}
        autoComplete="off"
        spellCheck={false}
        className="font-mono text-sm"
        onChange={(command) => set({ command })}
        error={problems.command}
        hint={<CommandRead text={fields.command} />}
      />
      <TextArea
        label={t('server_form.arguments')}
        value={fields.args}
        onChange={(args) => set({ args })}
        rows={3}
        hint={<ArgumentsRead text={fields.args} />}
      />
      <Field
        label={t('server_form.folder')}
        value={fields.cwd}
        autoComplete="off"
        spellCheck={false}
        className="font-mono text-sm"
        onChange={(cwd) => set({ cwd })}
        hint={t('server_form.folder_hint')}
      />
      <SecretRows
        of="environment"
        rows={fields.env}
        error={problems.env}
        wrongRow={wrongRow}
        onChange={(env) => set({ env })}
      />
    </>
  );
}

/** Shows how a whole command line is read; a path with spaces needs quotes. */
function CommandRead({ text }: { text: string }) {
  const { program, args } = readCommand(text);
  if (args.length === 0 && program === text.trim()) {
    return t('server_form.command_hint');
  }
  return <ReadAs words={[program, ...args]} />;
}

/** Shows how the text is read, so that quotes cause no surprises. */
function ArgumentsRead({ text }: { text: string }) {
  const args = readArguments(text);
  if (args.length === 0) return t('server_form.arguments_hint');
  return <ReadAs words={args} />;
}

const ReadAs = ({ words }: { words: readonly string[] }) => (
  <RichMessage
    id="server_form.read_as"
    values={{
      words: words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an argument is its position
        <code key={index} translate="no" className="me-1 break-all rounded bg-sunken px-1 font-mono text-ink-2 text-xs">
          {word === '' ? t('server_form.empty_word') : showInvisible(word)}
        </code>
      )),
    }}
  />
);

function AddressFields({ fields, problems, wrongRow, set }: PartProps) {
  return (
    <>
      <Field
        label={t('server_form.address')}
        value={fields.url}
        autoComplete="off"
        spellCheck={false}
        className="font-mono text-sm"
        onChange={(url) => set({ url })}
        error={problems.url}
        hint={t('server_form.address_hint')}
      />
      <label className="-mt-2 flex w-fit items-center gap-2 text-ink text-sm">
        <input
          type="checkbox"
          checked={fields.older}
          onChange={(event) => set({ older: event.target.checked })}
          className="size-4 accent-[var(--accent)]"
        />
        {t('server_form.older')}
      </label>
      <SecretRows
        of="headers"
        rows={fields.headers}
        error={problems.headers}
        wrongRow={wrongRow}
        onChange={(headers) => set({ headers })}
      />
      <LoginSection
        login={fields.login}
        problems={problems}
        onChange={(part) => set({ login: { ...fields.login, ...part } })}
      />
    </>
  );
}
