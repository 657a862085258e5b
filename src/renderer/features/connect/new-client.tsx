import { KeyRound } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import type { ClientType } from '../../../shared/contract/client';
import { t } from '../../../shared/messages/language';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { ErrorNote } from '../../ui/error-note';
import { Field } from '../../ui/field';
import { focusInvalid } from '../../ui/focus-invalid';
import { TypeChoice, typeWord } from './type-choice';

/** A client with a key that nobody has seen before. It holds the key, so it lives in one component's state and nowhere else. */
export interface FreshClient {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly type: ClientType;
  /** Whether the client was there before, with another key. */
  readonly isRenewed: boolean;
}

const LONGEST_NAME = 60;

/** Chooses a client, names it and creates its key. */
export function NewClient({ onCreated }: { onCreated(client: FreshClient): void }) {
  const { createClient } = useActions();
  const taken = useHoldfast((state) => state.clients);
  const [type, setType] = useState<ClientType>('claude-code');
  const [typed, setTyped] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [missing, setMissing] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const name = typed ?? freeName(typeWord(type), taken?.map((client) => client.name) ?? []);

  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    if (name.trim() === '') {
      setMissing(true);
      focusInvalid(form.current);
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const { client_id, client_key } = await createClient({ name: name.trim(), type });
      onCreated({ id: client_id, key: client_key, name: name.trim(), type, isRenewed: false });
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };

  return (
    <form ref={form} onSubmit={(event) => void create(event)} className="flex flex-col gap-4">
      <TypeChoice value={type} onChange={setType} />
      <div className="flex flex-wrap items-start gap-x-3">
        <div className="w-72 max-w-full">
          <Field
            label={t('connect.name')}
            value={name}
            maxLength={LONGEST_NAME}
            autoComplete="off"
            onChange={(next) => {
              setTyped(next);
              setMissing(false);
            }}
            error={missing && t('connect.name_missing')}
            hint={t('connect.name_hint')}
          />
        </div>
        <Button
          type="submit"
          variant="primary"
          disabled={busy}
          icon={<KeyRound size={15} aria-hidden />}
          className="mt-6"
        >
          {t('connect.create_key')}
        </Button>
      </div>
      {error !== null && (
        <div translate="no">
          <ErrorNote error={error} />
        </div>
      )}
    </form>
  );
}

/** `Cursor`, or `Cursor 2` if that is taken. */
export function freeName(wish: string, taken: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wish : `${wish} ${number}`;
    if (!taken.includes(name)) return name;
  }
}
