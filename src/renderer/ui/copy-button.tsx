import { Check, Copy, TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../../shared/messages/language';
import { keyWords } from '../../shared/model/keys';
import { isMac } from '../shell/host';
import { Button, IconButton } from './button';
import { copyText } from './copy-text';

const SHOWN_MS = 1_600;

export interface CopyButtonProps {
  text: string;
  /** What it does: `Copy id`. Text of the button, or its accessible name when `iconOnly`. */
  label?: string;
  iconOnly?: boolean;
  variant?: 'primary' | 'secondary' | 'ghost';
  size?: 'sm' | 'md';
  onCopied?(): void;
}

/** Copies a text and, for a moment, says so in its own place. */
export function CopyButton({ text, label = t('ui.copy'), iconOnly, variant, size = 'sm', onCopied }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (!outcome) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  const copy = async () => {
    const copied = await copyText(text);
    setOutcome(copied ? 'copied' : 'failed');
    if (copied) onCopied?.();
  };
  const Icon = outcome === 'copied' ? Check : outcome === 'failed' ? TriangleAlert : Copy;
  const said =
    outcome === 'copied'
      ? t('ui.copied')
      : outcome === 'failed'
        ? t('ui.copy_by_hand', { keys: keyWords('CmdOrCtrl+C', isMac()) })
        : label;
  const live = (
    <span role="status" className="sr-only">
      {outcome ? said : ''}
    </span>
  );
  return iconOnly ? (
    <>
      <IconButton label={said} onClick={() => void copy()}>
        <Icon size={14} aria-hidden />
      </IconButton>
      {live}
    </>
  ) : (
    <>
      <Button size={size} variant={variant} icon={<Icon size={14} aria-hidden />} onClick={() => void copy()}>
        {said}
      </Button>
      {live}
    </>
  );
}
