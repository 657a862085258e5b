import type { ReactNode } from 'react';
import type { Diagnostics } from '../../../shared/contract/diagnostics';
import { t, translationOf } from '../../../shared/messages/language';
import { showInvisible } from '../../../shared/visible-text';
import { Card } from '../../ui/card';
import { CopyButton } from '../../ui/copy-button';
import { RelativeTime } from '../../ui/relative-time';
import { RichMessage } from '../../ui/rich-message';
import { Said } from '../../ui/said';
import { Protection } from '../servers/protection';

/** Versions, this run, the keeper, and where secrets are. */
export function FactsCard({ facts }: { facts: Diagnostics | null }) {
  return (
    <Card title={t('diagnostics.this')} bodyClassName="min-h-64 p-4">
      {facts && (
        <dl className="flex flex-col gap-2">
          {facts.versions.map(({ name, version }) => (
            <Fact key={name} name={name} isProper>
              <span translate="no">{version}</span>
            </Fact>
          ))}
          <Fact name={t('diagnostics.fact.address')}>
            <span translate="no" className="font-mono text-sm">
              {facts.url}
            </span>
          </Fact>
          <Fact name={t('diagnostics.fact.process')}>
            <RichMessage
              id="diagnostics.fact.process_since"
              values={{ pid: facts.pid, time: <RelativeTime at={facts.started_at} /> }}
            />
          </Fact>
          <Fact name={t('diagnostics.fact.keeper')}>
            {facts.keeper === null ? (
              t('diagnostics.fact.no_keeper')
            ) : (
              <RichMessage
                id="diagnostics.fact.keeper_since"
                values={{
                  pid: facts.keeper.pid,
                  count: facts.keeper.children,
                  time: <RelativeTime at={facts.keeper.started_at} />,
                }}
              />
            )}
          </Fact>
          <Fact name={t('diagnostics.fact.secrets')}>
            <Protection text={facts.secrets.protection} />
            {facts.secrets.problem !== null && (
              <p className="text-danger">
                <Said text={facts.secrets.problem} />
              </p>
            )}
          </Fact>
        </dl>
      )}
    </Card>
  );
}

const PLACES = ['place.data', 'place.servers', 'place.log', 'place.backups', 'place.dumps'] as const;
/** What a place is called; one of a newer Holdfast keeps its name. */
const placeName = (name: string): string => translationOf(name, PLACES) ?? name;

/** Folders and files of Holdfast. */
export function PlacesCard({ facts }: { facts: Diagnostics | null }) {
  return (
    <Card title={t('diagnostics.places')} bodyClassName="min-h-64 p-4">
      <ul className="flex flex-col gap-2">
        {facts?.places.map(({ name, path, exists }) => (
          <li key={name} className="flex items-start gap-2">
            <div className="min-w-0 flex-1">
              <p className="text-ink-2 text-sm">
                {exists ? placeName(name) : t('diagnostics.place_missing', { place: placeName(name) })}
              </p>
              <p translate="no" className="break-all font-mono text-ink text-sm">
                {showInvisible(path)}
              </p>
            </div>
            <CopyButton text={path} label={t('diagnostics.copy_place', { place: placeName(name) })} iconOnly />
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** `isProper`: its name is the name of a program. */
function Fact({ name, isProper, children }: { name: string; isProper?: boolean; children: ReactNode }) {
  return (
    <div className="flex gap-3">
      <dt translate={isProper ? 'no' : 'yes'} className="w-24 shrink-0 text-ink-2">
        {name}
      </dt>
      <dd className="min-w-0 break-words text-ink">{children}</dd>
    </div>
  );
}
