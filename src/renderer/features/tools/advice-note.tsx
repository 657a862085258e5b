import { useState } from 'react';
import type { ToolAdvice } from '../../../shared/contract/visibility';
import { t } from '../../../shared/messages/language';
import { roundedTokens } from '../../../shared/model/token-estimate';
import { showInvisible } from '../../../shared/visible-text';
import { useActions } from '../../store/use-holdfast';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { changeShown } from './set-shown';

/** Says which tools of a server every chat carries and none used, and hides them after a look at the list. */
export function AdviceNote({ advice }: { advice: ToolAdvice }) {
  const actions = useActions();
  const [isOpen, setOpen] = useState(false);
  const { server, tools, unused, tokens, days } = advice;
  const hide = () => {
    setOpen(false);
    const parts = unused.map(({ name }) => ({ server, kind: 'tool' as const, name }));
    void changeShown(actions, { server, parts, shown: false, client: null });
  };
  const largestFirst = [...unused].sort((a, b) => b.tokens - a.tokens);
  return (
    <div data-advice={server} className="flex flex-wrap items-center gap-x-4 gap-y-2 rounded-md bg-sunken px-3 py-2">
      <p className="min-w-48 flex-1 text-ink-2 text-sm">
        {t('tools.advice', { unused: unused.length, tools, days, tokens: roundedTokens(tokens) })}
      </p>
      <Button size="sm" onClick={() => setOpen(true)}>
        {t('tools.advice.look')}
      </Button>
      <Dialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title={t('tools.advice.title', { unused: unused.length, server: showInvisible(server) })}
        description={t('tools.advice.about', { days })}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{t('ui.cancel')}</Button>
            <Button variant="primary" onClick={hide}>
              {t('tools.advice.hide', { count: unused.length })}
            </Button>
          </>
        }
      >
        <ul className="flex flex-col gap-1 text-sm">
          {largestFirst.map(({ name, tokens: size }) => (
            <li key={name} className="flex items-baseline gap-3">
              <code translate="no" className="min-w-0 break-all font-mono text-ink text-xs">
                {showInvisible(name)}
              </code>
              <span className="ms-auto shrink-0 text-ink-3">{t('tools.tokens', { tokens: size })}</span>
            </li>
          ))}
        </ul>
      </Dialog>
    </div>
  );
}
