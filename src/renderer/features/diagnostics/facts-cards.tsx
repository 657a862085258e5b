import type { ReactNode } from 'react';
import type { Diagnostics } from '../../../shared/contract/diagnostics';
import { showInvisible } from '../../../shared/visible-text';
import { formatCount } from '../../format/number';
import { Card } from '../../ui/card';
import { CopyButton } from '../../ui/copy-button';
import { RelativeTime } from '../../ui/relative-time';

/** Versions, this run, the keeper, and where secrets are. */
export function FactsCard({ facts }: { facts: Diagnostics | null }) {
  return (
    <Card title="This Holdfast" bodyClassName="min-h-64 p-4">
      {facts && (
        <dl className="flex flex-col gap-2">
          {facts.versions.map(({ name, version }) => (
            <Fact key={name} name={name}>
              {version}
            </Fact>
          ))}
          <Fact name="Address">
            <span className="font-mono text-sm">{facts.url}</span>, port {facts.port}
          </Fact>
          <Fact name="Process">
            {facts.pid}, started <RelativeTime at={facts.started_at} />
          </Fact>
          <Fact name="Keeper">
            {facts.keeper === null ? (
              'Not running: no server needs it'
            ) : (
              <>
                Process {facts.keeper.pid} with{' '}
                {formatCount(facts.keeper.children, 'server process', 'server processes')}, started{' '}
                <RelativeTime at={facts.keeper.started_at} />
              </>
            )}
          </Fact>
          <Fact name="Secrets">
            {facts.secrets.protection}
            {facts.secrets.problem !== null && <p className="text-danger">{facts.secrets.problem}</p>}
          </Fact>
        </dl>
      )}
    </Card>
  );
}

/** Folders and files of Holdfast. */
export function PlacesCard({ facts }: { facts: Diagnostics | null }) {
  return (
    <Card title="Files and folders" bodyClassName="min-h-64 p-4">
      <ul className="flex flex-col gap-2">
        {facts?.places.map(({ name, path, exists }) => (
          <li key={name} className="flex items-start gap-2">
            <div className="min-w-0 flex-1">
              <p className="text-ink-2 text-sm">
                {name}
                {exists ? '' : ' (not there yet)'}
              </p>
              <p className="break-all font-mono text-ink text-sm">{showInvisible(path)}</p>
            </div>
            <CopyButton text={path} label={`Copy path: ${name}`} iconOnly />
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex gap-3">
      <dt className="w-20 shrink-0 text-ink-2">{name}</dt>
      <dd className="min-w-0 break-words text-ink">{children}</dd>
    </div>
  );
}
