import { type ReactNode, useEffect } from 'react';
import { formatDateTime } from '../../format/time';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Card } from '../../ui/card';
import { CopyButton } from '../../ui/copy-button';

const INSTALLED = {
  source: 'Run from its folder of sources',
  desktop: 'Installed from a package',
  npm: 'Installed with npm',
} as const;

/** What this Holdfast is, and where it keeps what. */
export function AboutSection() {
  const { loadApp } = useActions();
  const app = useHoldfast((state) => state.app);
  const installed = useHoldfast((state) => state.settings?.installation);
  useEffect(() => {
    // Only facts depend on it.
    loadApp().catch(() => undefined);
  }, [loadApp]);
  if (!app) return null;
  const separator = app.data_folder.includes('\\') ? '\\' : '/';
  const inFolder = (name: string) => `${app.data_folder}${separator}${name}`;
  return (
    <Card title="About">
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm">
        <Fact name="Version">
          {app.name} {app.version}
        </Fact>
        {installed && <Fact name="Installation">{INSTALLED[installed]}</Fact>}
        <Fact name="Running since">
          {formatDateTime(app.started_at)}, process {app.pid}
        </Fact>
        <Fact name="Endpoint">
          <Copied text={app.url} what="the address" />
        </Fact>
        <Fact name="Data folder">
          <Copied text={app.data_folder} what="the path of the data folder" />
        </Fact>
        <Fact name="Log">
          <Copied text={inFolder('holdfast.log')} what="the path of the log" />
        </Fact>
        <Fact name="Backups">
          <Copied text={inFolder('backups')} what="the path of the backups" />
        </Fact>
      </dl>
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-3 leading-7">{name}</dt>
      <dd className="min-w-0 break-words text-ink leading-7">{children}</dd>
    </>
  );
}

function Copied({ text, what }: { text: string; what: string }) {
  return (
    <span className="flex items-center gap-1">
      <code className="min-w-0 break-all font-mono text-xs">{text}</code>
      <CopyButton text={text} label={`Copy ${what}`} iconOnly />
    </span>
  );
}
