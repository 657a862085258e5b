import type { PatienceView } from '../../../../shared/contract/calls';
import { SECOND } from '../../../../shared/model/units';
import { showInvisible } from '../../../../shared/visible-text';
import { formatDuration } from '../../../format/time';
import { Button } from '../../../ui/button';
import { RichMessage } from '../../../ui/rich-message';

export interface PatienceButtonProps {
  name: string;
  /** Undefined until it is known. */
  patience: PatienceView | undefined;
  onOpen(): void;
}

/** Says how long a client waits for the answer to a call, and opens where that is changed. */
export function PatienceButton({ name, patience, onOpen }: PatienceButtonProps) {
  if (!patience) return <span className="block h-6" />;
  return (
    <Button
      size="sm"
      variant="ghost"
      className="-ms-2.5 h-6 font-normal underline decoration-dotted underline-offset-2 hover:decoration-solid"
      onClick={onOpen}
    >
      <span>
        <RichMessage
          id="patience.open"
          values={{
            length: formatDuration(patience.seconds * SECOND),
            name: showInvisible(name),
            hidden: (chunks) => <span className="sr-only">{chunks}</span>,
          }}
        />
      </span>
    </Button>
  );
}
