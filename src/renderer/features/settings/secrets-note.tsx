import { useHoldfast } from '../../store/use-holdfast';
import { Said } from '../../ui/said';
import { Protection } from '../servers/protection';

/** How secrets of servers are protected in this run; nothing until that is known. */
export function SecretsNote() {
  const secrets = useHoldfast((state) => state.servers?.secrets);
  return (
    <p className="min-h-11 py-3 text-ink-2 text-sm">
      {secrets &&
        (secrets.problem === null ? <Protection text={secrets.protection} /> : <Said text={secrets.problem} />)}
    </p>
  );
}
