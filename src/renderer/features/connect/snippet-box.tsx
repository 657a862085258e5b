import { Eye, EyeOff } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../../shared/messages/language';
import { IconButton } from '../../ui/button';
import { CopyButton } from '../../ui/copy-button';
import { RichMessage } from '../../ui/rich-message';
import type { Snippet } from './recipes';

/** The key as shown until the user reveals it: a key on screen ends up in screenshots. */
const masked = (key: string) => `${key.slice(0, 3)}${'•'.repeat(12)}`;

/** A text to paste that contains the key: masked until revealed, always copied in full. */
export function SnippetBox({ snippet: { text, place, note }, secret }: { snippet: Snippet; secret: string }) {
  const [shown, setShown] = useState(false);
  return (
    <figure className="flex min-w-0 flex-col">
      <figcaption className="flex h-10 items-center gap-1 rounded-t-md border border-line bg-sunken pe-1.5 ps-3 text-ink-2 text-sm">
        <span className="me-auto truncate">
          <RichMessage
            id="connect.snippet.into"
            values={{
              place: () => (
                <span key="place" className="font-medium text-ink">
                  {place}
                </span>
              ),
            }}
          />
        </span>
        <IconButton
          label={t(shown ? 'connect.snippet.hide' : 'connect.snippet.show')}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? <EyeOff size={15} aria-hidden /> : <Eye size={15} aria-hidden />}
        </IconButton>
        <CopyButton text={text} variant="primary" />
      </figcaption>
      <pre
        data-secret={shown || undefined}
        className="whitespace-pre-wrap break-words rounded-b-md border border-line border-t-0 bg-surface p-3 font-mono text-ink text-sm leading-5"
      >
        <code translate="no">{shown ? text : text.replace(secret, masked(secret))}</code>
      </pre>
      <p className="mt-1.5 min-h-5 text-ink-3 text-sm">{note}</p>
    </figure>
  );
}
