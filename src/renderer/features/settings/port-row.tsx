import { useEffect } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { ConfirmDialog } from '../../ui/dialog';
import { errorSentence } from '../../ui/error-note';
import { useQuestion } from './use-question';
import { WholeRow } from './whole-row';

const NAMES_SHOWN = 6;

/** The port. A port that is taken is refused, and what has to be changed along with it is said before it is saved. */
export function PortRow({ setting }: { setting: Setting }) {
  const { checkPort } = useActions();
  const { question, ask } = useQuestion<{ port: number; sentence: string }>();
  const before = async (port: number): Promise<string | null | undefined> => {
    try {
      const { free, sentence } = await checkPort(port);
      if (!free) return sentence;
      return (await ask({ port, sentence })) ? null : undefined;
    } catch (failure) {
      return errorSentence(failure);
    }
  };
  return (
    <>
      <WholeRow setting={setting} before={before} />
      {question && <PortDialog {...question.about} onAnswer={question.answer} />}
    </>
  );
}

function PortDialog({ port, sentence, onAnswer }: { port: number; sentence: string; onAnswer(yes: boolean): void }) {
  const { loadClients } = useActions();
  const clients = useHoldfast((state) => state.clients);
  useEffect(() => {
    // Without the names, the sentence speaks of all clients.
    loadClients().catch(() => undefined);
  }, [loadClients]);
  const names = (clients ?? []).map(({ name }) => name);
  const more = names.length - NAMES_SHOWN;
  const listed = `${names.slice(0, NAMES_SHOWN).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return (
    <ConfirmDialog
      open
      onClose={() => onAnswer(false)}
      title={`Change the port to ${port}?`}
      effects={[
        `${sentence} Holdfast moves there at its next start.`,
        <>
          Clients have the old address in their settings and lose Holdfast then. Write{' '}
          <code className="break-all font-mono text-xs">http://127.0.0.1:{port}/mcp</code> there
          {names.length > 0 ? `: ${listed}.` : '.'}
        </>,
        <>
          For clients that Holdfast connected, <code className="font-mono text-xs">holdfast connect CLIENT</code> does
          it. Those that use the bridge find the new address themselves.
        </>,
      ]}
      action="Change the port"
      onConfirm={async () => onAnswer(true)}
    />
  );
}
