import type { FoundClient, KeyToSet } from '../../../../shared/contract/connect';
import { Button } from '../../../ui/button';
import { Dialog } from '../../../ui/dialog';
import { IMPORTED_FROM } from './imported-from';
import { KeyToSetNote } from './key-to-set';
import { ServersAlong } from './servers-along';
import { Written } from './written';

export interface ServersDialogProps {
  client: FoundClient;
  title: string;
  /** Word on the button that closes it. */
  close: string;
  /** What the user has to set so that the program has its key. */
  toSet?: KeyToSet | null;
  onClose(): void;
}

/** What comes after Holdfast was written into a program's file: the program's first visit, and its own servers. */
export function ServersDialog({ client, title, close, toSet = null, onClose }: ServersDialogProps) {
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
        {toSet !== null && <KeyToSetNote name={client.name} toSet={toSet} />}
        <Written client={client} />
        {IMPORTED_FROM.has(client.id) && <ServersAlong client={client} />}
      </div>
    </Dialog>
  );
}
