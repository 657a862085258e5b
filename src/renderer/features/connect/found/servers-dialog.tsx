import type { FoundClient } from '../../../../shared/contract/connect';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { IMPORTED_FROM } from './imported-from';
import { ServersAlong } from './servers-along';
import { Written } from './written';

export interface ServersDialogProps {
  client: FoundClient;
  title: string;
  /** Word on the button that closes it. */
  close: string;
  onClose(): void;
}

/** What comes after Holdfast was written into a program's file: the program's first visit, and its own servers. */
export function ServersDialog({ client, title, close, onClose }: ServersDialogProps) {
  return (
    <Dialog
      open
      wide="very"
      onClose={onClose}
      title={title}
      footer={
        <Button variant="primary" onClick={onClose}>
          {close}
        </Button>
      }
    >
      <div className="flex flex-col gap-5">
        <Written client={client} />
        {IMPORTED_FROM.has(client.id) && <ServersAlong client={client} />}
      </div>
    </Dialog>
  );
}
