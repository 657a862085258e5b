import { type FormEvent, useRef, useState } from 'react';
import type { PatienceView } from '../../../../shared/contract/calls';
import type { Client } from '../../../../shared/contract/client';
import { t } from '../../../../shared/messages/language';
import {
  LEAST_PATIENCE_SECONDS as least,
  MOST_PATIENCE_SECONDS as most,
  readPatience,
} from '../../../../shared/model/patience-limits';
import { SECOND } from '../../../../shared/model/units';
import { showInvisible } from '../../../../shared/visible-text';
import { formatDuration } from '../../../format/time';
import { useActions } from '../../../store/use-holdfast';
import { Button } from '../../../ui/button';
import { cx } from '../../../ui/cx';
import { Dialog } from '../../../ui/dialog';
import { errorSentence } from '../../../ui/error-note';
import { Field } from '../../../ui/field';
import { focusInvalid } from '../../../ui/focus-invalid';
import { toast } from '../../../ui/toast';

export interface PatienceDialogProps {
  client: Client;
  patience: PatienceView;
  onChanged(patience: PatienceView): void;
  onClose(): void;
}

/** How long a client waits for the answer to a call: what is known of it and from where, and what a person says instead. */
export function PatienceDialog({ client, patience, onChanged, onClose }: PatienceDialogProps) {
  const { setPatience } = useActions();
  const isSet = patience.from === 'set';
  const [text, setText] = useState(isSet ? String(patience.seconds) : '');
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const name = showInvisible(client.name);
  const fail = (sentence: string) => {
    setError(sentence);
    focusInvalid(form.current);
  };
  const save = async (seconds: number | null) => {
    setBusy(true);
    try {
      const now = await setPatience(client.client_id, seconds);
      onChanged(now);
      if (seconds === null) setText('');
      setError(null);
      toast({ title: t('patience.saved', { name, length: lengthOf(now.seconds) }), detail: t('patience.saved.about') });
    } catch (failure) {
      fail(errorSentence(failure));
    }
    setBusy(false);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const seconds = readPatience(text);
    if (seconds === null) fail(t('patience.wrong', { least, most }));
    else if (!isBusy) void save(seconds);
  };
  return (
    <Dialog open onClose={onClose} title={t('patience.title', { name })}>
      <div className="flex flex-col gap-4">
        <p className="text-ink-2">{t('patience.about', { name })}</p>
        <Known patience={patience} name={name} />
        <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-2">
          <Field
            label={t('patience.seconds')}
            value={text}
            onChange={(next) => {
              setText(next);
              setError(null);
            }}
            inputMode="numeric"
            autoComplete="off"
            error={error}
            hint={t('patience.hint', { least, most })}
          />
          <div className="flex flex-wrap gap-2">
            <Button type="submit" variant="primary" disabled={isBusy}>
              {t('patience.save')}
            </Button>
            <Button
              variant="ghost"
              disabled={isBusy || (!isSet && patience.from !== 'learned')}
              onClick={() => void save(null)}
            >
              {t('patience.forget')}
            </Button>
          </div>
        </form>
      </div>
    </Dialog>
  );
}

/** What is known, the weakest first, and which of it holds. */
function Known({ patience, name }: { patience: PatienceView; name: string }) {
  const { from, seconds, learned_seconds, default: usual } = patience;
  const usualLength = lengthOf(usual.seconds);
  const rows = [
    {
      what: t('patience.default'),
      holds: from === usual.from,
      value:
        usual.from === 'usual'
          ? t('patience.default.usual', { length: usualLength })
          : t(usual.renewed_by_progress ? 'patience.default.renewed' : 'patience.default.program', {
              length: usualLength,
            }),
    },
    {
      what: t('patience.learned'),
      holds: from === 'learned',
      value:
        learned_seconds === null
          ? t('patience.learned.none')
          : t('patience.learned.after', { length: lengthOf(learned_seconds), name }),
    },
    {
      what: t('patience.set'),
      holds: from === 'set',
      value: from === 'set' ? t('patience.set.in_all', { length: lengthOf(seconds) }) : t('patience.set.none'),
    },
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr_auto] gap-x-4 gap-y-1 rounded-md bg-sunken px-3 py-2 text-sm">
      {rows.map(({ what, holds, value }) => (
        <div key={what} className={cx('col-span-3 grid grid-cols-subgrid', holds ? 'text-ink' : 'text-ink-2')}>
          <dt>{what}</dt>
          <dd className={cx(holds && 'font-medium')}>{value}</dd>
          <dd className="min-w-12 text-end">{holds && t('patience.holds')}</dd>
        </div>
      ))}
    </dl>
  );
}

const lengthOf = (seconds: number): string => formatDuration(seconds * SECOND);
