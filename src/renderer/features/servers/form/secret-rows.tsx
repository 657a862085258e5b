import { Eye, EyeOff, Lock, Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { t } from '../../../../shared/messages/language';
import { Badge } from '../../../ui/badge';
import { Button, IconButton } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { INPUT } from '../../../ui/field';
import { RichMessage } from '../../../ui/rich-message';
import { type SecretRow, secretRow } from './form-model';

export interface SecretRowsProps {
  of: 'environment' | 'headers';
  rows: readonly SecretRow[];
  error?: string;
  /** Id of the row that the error is about. */
  wrongRow: number | null;
  onChange(rows: readonly SecretRow[]): void;
}

/** Names with secret values: hidden while typed, and never shown again once stored. */
export function SecretRows({ of, rows, error, wrongRow, onChange }: SecretRowsProps) {
  const box = useRef<HTMLFieldSetElement>(null);
  const change = (id: number, part: Partial<SecretRow>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const remove = (id: number) => {
    onChange(rows.filter((row) => row.id !== id));
    // The focused element is gone.
    box.current?.querySelector<HTMLElement>('[data-add]')?.focus();
  };
  return (
    <fieldset ref={box} className="flex min-w-0 flex-col gap-2">
      <legend className="mb-1 font-medium text-ink text-sm">{t(`server_form.${of}`)}</legend>
      {rows.map((row, index) => (
        <Row
          key={row.id}
          row={row}
          title={row.name.trim() || numbered(of, index + 1)}
          of={of}
          isWrong={Boolean(error) && row.id === wrongRow}
          onChange={(part) => change(row.id, part)}
          onRemove={() => remove(row.id)}
        />
      ))}
      <div className="flex min-h-7 items-center gap-3">
        <Button
          size="sm"
          variant="ghost"
          data-add
          icon={<Plus size={14} aria-hidden />}
          onClick={() => onChange([...rows, secretRow('', '')])}
        >
          {t(of === 'headers' ? 'server_form.add_header' : 'server_form.add_variable')}
        </Button>
        {error && (
          <p role="alert" className="text-danger text-sm">
            {error}
          </p>
        )}
      </div>
    </fieldset>
  );
}

const numbered = (of: SecretRowsProps['of'], number: number): string =>
  t(of === 'headers' ? 'server_form.header' : 'server_form.variable', { number });

const SAMPLE_NAMES: Readonly<Record<SecretRowsProps['of'], string>> = { environment: 'NAME', headers: 'Authorization' };

interface RowProps {
  row: SecretRow;
  title: string;
  of: SecretRowsProps['of'];
  isWrong: boolean;
  onChange(part: Partial<SecretRow>): void;
  onRemove(): void;
}

function Row({ row, title, of, isWrong, onChange, onRemove }: RowProps) {
  const [shown, setShown] = useState(false);
  const isKept = row.value === null;
  return (
    <div className="flex items-center gap-1.5">
      <div className="w-2/5 shrink-0">
        <input
          translate="no"
          aria-label={t('server_form.name_of', { title })}
          aria-invalid={isWrong || undefined}
          value={row.name}
          readOnly={isKept}
          placeholder={SAMPLE_NAMES[of]}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ name: event.target.value })}
          className={cx(INPUT, 'font-mono text-sm read-only:bg-sunken')}
        />
      </div>
      {isKept ? (
        <div className="flex h-8 min-w-0 flex-1 items-center gap-2">
          <Badge icon={<Lock size={12} aria-hidden />} title={t('server_form.kept_hint')}>
            {t('server_form.kept')}
          </Badge>
          <Button size="sm" variant="ghost" onClick={() => onChange({ value: '' })}>
            <RichMessage
              id="server_form.replace"
              values={{ title, hidden: (text) => <span className="sr-only">{text}</span> }}
            />
          </Button>
        </div>
      ) : (
        <>
          <input
            aria-label={t('server_form.value_of', { title })}
            type={shown ? 'text' : 'password'}
            value={row.value ?? ''}
            placeholder={t('server_form.value')}
            autoComplete="new-password"
            spellCheck={false}
            onChange={(event) => onChange({ value: event.target.value })}
            className={cx(INPUT, 'flex-1 font-mono text-sm')}
          />
          <IconButton
            label={t(shown ? 'server_form.hide' : 'server_form.show', { title })}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff size={15} aria-hidden /> : <Eye size={15} aria-hidden />}
          </IconButton>
        </>
      )}
      <IconButton label={t('server_form.remove', { title })} onClick={onRemove}>
        <X size={15} aria-hidden />
      </IconButton>
    </div>
  );
}
