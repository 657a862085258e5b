import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
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
        Fill in from a pasted configuration or command
      </summary>
      <div className="mt-2">
        <TextArea
          label="Configuration"
          value={text}
          onChange={take}
          rows={4}
          placeholder={'{ "mcpServers": { "files": { "command": "npx", "args": ["-y", "…"] } } }'}
          hint="The mcpServers block from a server’s page, one entry of it, or a “claude mcp add …” command."
          error={
            text.trim() !== '' &&
            'Neither a “claude mcp add” command nor a server’s JSON, which has a "command" or a "url".'
          }
        />
      </div>
    </details>
  );
}
