import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { t } from '../../../../shared/messages/language';
import { TextArea } from '../../../ui/text-area';
import { type Pasted, readPasted } from './paste';

/** Takes the block that servers' own pages tell people to paste, then clears itself: there may be secrets in it. */
export function PasteBox({ onPasted }: { onPasted(pasted: Pasted): void }) {
  const [text, setText] = useState('');
  const take = (next: string) => {
    const pasted = readPasted(next);
    setText(pasted ? '' : next);
    if (pasted) onPasted(pasted);
  };
  return (
    <details className="group">
      <summary className="flex min-h-6 w-fit list-none items-center gap-1 rounded text-ink-2 text-sm hover:text-ink">
        <ChevronRight size={14} aria-hidden className="shrink-0 transition-transform group-open:rotate-90" />
        {t('server_form.paste')}
      </summary>
      <div className="mt-2">
        <TextArea
          label={t('server_form.paste_label')}
          value={text}
          onChange={take}
          rows={4}
          placeholder={'{ "mcpServers": { "files": { "command": "npx", "args": ["-y", "…"] } } }'}
          hint={t('server_form.paste_hint')}
          error={text.trim() !== '' && t('server_form.paste_wrong')}
        />
      </div>
    </details>
  );
}
