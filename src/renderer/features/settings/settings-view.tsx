import type { ReactNode } from 'react';
import { t } from '../../../shared/messages/language';
import type { SettingGroup } from '../../../shared/model/setting-definitions';
import { SECOND } from '../../../shared/model/units';
import { useActions, useHoldfast } from '../../store/use-holdfast';
import { type Pace, useRefresh } from '../../store/use-refresh';
import { Card } from '../../ui/card';
import { ErrorNote } from '../../ui/error-note';
import { ScrollRegion } from '../../ui/scroll-region';
import { AboutSection } from './about-section';
import { DeleteRows } from './delete-rows';
import { KeptDataTable } from './kept-data';
import { LanguageRow } from './language-row';
import { NotificationsSection } from './notifications-section';
import { RestartNote } from './restart-note';
import { SecretsNote } from './secrets-note';
import { SettingRows } from './setting-rows';
import { StartupSection } from './startup-section';
import { TelemetrySection } from './telemetry-section';
import { ThemeRow } from './theme-row';
import { UpdatesSection } from './updates-section';

/** The command line changes settings, too, and no event tells. */
const PACE: Pace = { afterEvents: 5 * SECOND, anyway: 5 * SECOND, isNews: () => false };

/** All settings, by what they are about. Each section is a card of its own. */
export function SettingsView() {
  const { loadSettings } = useActions();
  const settings = useHoldfast((state) => state.settings);
  const error = useRefresh(loadSettings, PACE);
  return (
    <div className="flex h-full flex-col">
      <ScrollRegion label={t('settings.title')} className="min-h-0 flex-1">
        <div className="mx-auto flex max-w-3xl flex-col gap-4 px-5 py-4">
          {error !== null && <ErrorNote error={error} />}
          {settings && (
            <>
              <Section group="general" before={<OwnRows />} />
              <Section group="endpoint" />
              <Section group="sessions" />
              <Section group="servers" after={<SecretsNote />} />
              <NotificationsSection />
              <StartupSection />
              <UpdatesSection />
              <TelemetrySection />
              <Section group="privacy" before={<KeptDataTable />} after={<DeleteRows />} />
              <AboutSection />
            </>
          )}
        </div>
      </ScrollRegion>
      <RestartNote />
    </div>
  );
}

/** What each window keeps for itself. */
function OwnRows() {
  return (
    <>
      <LanguageRow />
      <ThemeRow />
    </>
  );
}

interface SectionProps {
  group: SettingGroup;
  before?: ReactNode;
  after?: ReactNode;
}

function Section({ group, before, after }: SectionProps) {
  return (
    <Card title={t(`settings.group.${group}`)} bodyClassName="divide-y divide-line px-4">
      {before}
      <SettingRows group={group} />
      {after}
    </Card>
  );
}
