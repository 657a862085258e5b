import { Eye, EyeOff, Lock, Plus, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { Badge } from '../../../ui/badge';
import { Button, IconButton } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { INPUT } from '../../../ui/field';
import { type SecretRow, secretRow } from './form-model';

export interface SecretRowsProps {
  /** `Environment`, `Headers`. */
  label: string;
  /** The singular: `variable`, `header`. */
  one: string;
  rows: readonly SecretRow[];
  error?: string;
  onChange(rows: readonly SecretRow[]): void;
}

/** Names with secret values: hidden while typed, and never shown again once stored. */
export function SecretRows({ label, one, rows, error, onChange }: SecretRowsProps) {
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
      <legend className="mb-1 font-medium text-ink text-sm">{label}</legend>
      {rows.map((row, index) => (
        <Row
          key={row.id}
          row={row}
          title={row.name.trim() || `${one} ${index + 1}`}
          one={one}
          isWrong={Boolean(error)}
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
          Add {one}
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

interface RowProps {
  row: SecretRow;
  title: string;
  one: string;
  isWrong: boolean;
  onChange(part: Partial<SecretRow>): void;
  onRemove(): void;
}

function Row({ row, title, one, isWrong, onChange, onRemove }: RowProps) {
  const [shown, setShown] = useState(false);
  const isKept = row.value === null;
  return (
    <div className="flex items-center gap-1.5">
      <div className="w-2/5 shrink-0">
        <input
          aria-label={`Name of ${title}`}
          aria-invalid={isWrong || undefined}
          value={row.name}
          readOnly={isKept}
          placeholder={one === 'header' ? 'Authorization' : 'NAME'}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onChange({ name: event.target.value })}
          className={cx(INPUT, 'font-mono text-sm read-only:bg-sunken')}
        />
      </div>
      {isKept ? (
        <div className="flex h-8 min-w-0 flex-1 items-center gap-2">
          <Badge icon={<Lock size={12} aria-hidden />} title="Stored, and never shown again">
            Kept
          </Badge>
          <Button size="sm" variant="ghost" onClick={() => onChange({ value: '' })}>
            Replace<span className="sr-only"> {title}</span>
          </Button>
        </div>
      ) : (
        <>
          <input
            aria-label={`Value of ${title}`}
            type={shown ? 'text' : 'password'}
            value={row.value ?? ''}
            placeholder="value"
            autoComplete="new-password"
            spellCheck={false}
            onChange={(event) => onChange({ value: event.target.value })}
            className={cx(INPUT, 'flex-1 font-mono text-sm')}
          />
          <IconButton
            label={shown ? `Hide ${title}` : `Show ${title}`}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff size={15} aria-hidden /> : <Eye size={15} aria-hidden />}
          </IconButton>
        </>
      )}
      <IconButton label={`Remove ${title}`} onClick={onRemove}>
        <X size={15} aria-hidden />
      </IconButton>
    </div>
  );
}
