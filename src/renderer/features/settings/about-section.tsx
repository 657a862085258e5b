import { useEffect } from 'react';
import { t } from '../../../shared/messages/language';
import { formatDateTime } from '../../format/time';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { Card } from '../../ui/card';
import { CopyButton } from '../../ui/copy-button';
import { Fact } from '../../ui/fact';

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
    <Card title={t('settings.about')}>
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm leading-7">
        <Fact name={t('settings.about.version')}>
          <span translate="no">
            {app.name} {app.version}
          </span>
        </Fact>
        {installed && <Fact name={t('settings.about.installation')}>{t(`settings.about.${installed}`)}</Fact>}
        <Fact name={t('settings.about.since')}>
          {t('settings.about.process', { time: formatDateTime(app.started_at), pid: String(app.pid) })}
        </Fact>
        <Fact name={t('settings.about.endpoint')}>
          <Copied text={app.url} label={t('settings.about.copy.endpoint')} />
        </Fact>
        <Fact name={t('settings.about.folder')}>
          <Copied text={app.data_folder} label={t('settings.about.copy.folder')} />
        </Fact>
        <Fact name={t('settings.about.log')}>
          <Copied text={inFolder('holdfast.log')} label={t('settings.about.copy.log')} />
        </Fact>
        <Fact name={t('settings.about.backups')}>
          <Copied text={inFolder('backups')} label={t('settings.about.copy.backups')} />
        </Fact>
      </dl>
    </Card>
  );
}

function Copied({ text, label }: { text: string; label: string }) {
  return (
    <span className="flex items-center gap-1">
      <code translate="no" className="min-w-0 break-all font-mono text-xs">
        {text}
      </code>
      <CopyButton text={text} label={label} iconOnly />
    </span>
  );
}
