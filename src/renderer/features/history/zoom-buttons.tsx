import { ChevronLeft, ChevronRight, type LucideIcon, ZoomIn, ZoomOut } from 'lucide-react';
import type { History } from '../../../shared/contract/history';
import { t } from '../../../shared/messages/language';
import type { Span } from '../../charts/chart-spec';
import { IconButton } from '../../ui/button';
import { canMove, MOVES, type Move, moveZoom } from './history-place';

const WORDS: Readonly<Record<Move, readonly [label: string, icon: LucideIcon]>> = {
  earlier: [t('history.zoom.earlier'), ChevronLeft],
  later: [t('history.zoom.later'), ChevronRight],
  in: [t('history.zoom.in'), ZoomIn],
  out: [t('history.zoom.out'), ZoomOut],
};

export interface ZoomButtonsProps {
  history: History | null;
  zoom: Span | null;
  onZoom(zoom: Span | null): void;
}

/** Buttons that do what dragging over a chart does. */
export function ZoomButtons({ history, zoom, onZoom }: ZoomButtonsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for the fields of a form
    <div role="group" aria-label={t('history.zoom')} className="flex gap-0.5">
      {MOVES.map((move) => {
        const [label, Icon] = WORDS[move];
        return (
          <IconButton
            key={move}
            label={label}
            // Not `disabled`: the button would lose the focus in the middle of repeated presses.
            aria-disabled={!history || !canMove(history, zoom, move)}
            className="aria-disabled:opacity-40"
            onClick={() => history && onZoom(moveZoom(history, zoom, move))}
          >
            <Icon size={16} aria-hidden />
          </IconButton>
        );
      })}
    </div>
  );
}
