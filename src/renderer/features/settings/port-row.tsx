import { type ReactNode, useEffect } from 'react';
import type { Setting } from '../../../shared/contract/settings';
import { t } from '../../../shared/messages/language';
import { whatWasSaid } from '../../../shared/messages/what-was-said';
import { namesWords } from '../../format/names';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { ConfirmDialog } from '../../ui/dialog';
import { errorSentence } from '../../ui/error-note';
import { RichMessage } from '../../ui/rich-message';
import { Said } from '../../ui/said';
import { useQuestion } from './use-question';
import { WholeRow } from './whole-row';

const code = (chunks: ReactNode) => (
  <code translate="no" className="break-all font-mono text-xs">
    {chunks}
  </code>
);

/** The port. A port that is taken is refused, and what has to be changed along with it is said before it is saved. */
export function PortRow({ setting }: { setting: Setting }) {
  const { checkPort } = useActions();
  const { question, ask } = useQuestion<{ port: number; sentence: string }>();
  const before = async (port: number): Promise<string | null | undefined> => {
    try {
      const { free, sentence } = await checkPort(port);
      if (!free) return whatWasSaid(sentence) ?? sentence;
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
  const address = `http://127.0.0.1:${port}/mcp`;
  return (
    <ConfirmDialog
      open
      onClose={() => onAnswer(false)}
      title={t('settings.port.title', { port: String(port) })}
      effects={[
        <>
          <Said text={sentence} /> {t('settings.port.when')}
        </>,
        names.length === 0 ? (
          <RichMessage key="address" id="settings.port.address" values={{ address, code }} />
        ) : (
          <RichMessage
            key="address"
            id="settings.port.address_of"
            values={{ address, code, names: namesWords(names) }}
          />
        ),
        <RichMessage key="command" id="settings.port.command" values={{ code }} />,
      ]}
      action={t('settings.port.action')}
      onConfirm={async () => onAnswer(true)}
    />
  );
}
