import { KeyRound, Unplug } from 'lucide-react';
import { useActions, useConnection } from '../store/use-holdfast';
import { Button } from '../ui/button';
import { EmptyState } from '../ui/empty-state';

/** Shown instead of any view while there is no data and none is on its way: says why, and what to do. */
export function NotConnected() {
  const { problem, signed_out: signedOut } = useConnection();
  const { reconnectNow } = useActions();
  return (
    <div className="flex h-full items-center">
      {signedOut ? (
        <EmptyState icon={<KeyRound size={32} aria-hidden />} title="Sign in to see Holdfast">
          <p>{problem}</p>
          <p className="mt-2">The link works once. Open it here or in another tab of this browser.</p>
        </EmptyState>
      ) : (
        <EmptyState
          icon={<Unplug size={32} aria-hidden />}
          title="Not connected"
          action={
            <Button variant="primary" onClick={reconnectNow}>
              Reconnect now
            </Button>
          }
        >
          {problem}
        </EmptyState>
      )}
    </div>
  );
}
