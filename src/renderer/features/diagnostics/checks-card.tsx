import { Check, CircleAlert, type LucideIcon, Minus } from 'lucide-react';
import type { CheckOutcome, DoctorReport } from '../../../shared/contract/diagnostics';
import { EN, type MessageId } from '../../../shared/messages/en';
import { t } from '../../../shared/messages/language';
import { useIntent } from '../../store/use-intent';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { cx } from '../../ui/cx';
import { ErrorNote } from '../../ui/error-note';
import { Said } from '../../ui/said';
import { useDoctor } from './use-doctor';

const RESULTS: Readonly<Record<CheckOutcome['result'], { word: string; icon: LucideIcon; colour: string }>> = {
  ok: { word: t('diagnostics.ok'), icon: Check, colour: 'text-active' },
  failed: { word: t('diagnostics.failed'), icon: CircleAlert, colour: 'text-danger' },
  skipped: { word: t('diagnostics.skipped'), icon: Minus, colour: 'text-ink-3' },
  not_run: { word: t('diagnostics.not_run'), icon: Minus, colour: 'text-disconnected' },
};

/** The checks of `holdfast doctor`, what each found, and what to do about those that failed. */
export function ChecksCard() {
  const { report, error, start } = useDoctor();
  useIntent('diagnostics', null, ({ act }) => {
    if (act === 'check') start();
    return act === 'check';
  });
  const failed = report?.checks.filter(({ result }) => result === 'failed') ?? [];
  const others = report?.checks.filter(({ result }) => result !== 'failed') ?? [];
  return (
    <Card
      title={t('diagnostics.checks')}
      aside={
        <Button size="sm" disabled={report === null || report.running} onClick={start}>
          {t(buttonWords(report))}
        </Button>
      }
      bodyClassName="min-h-24 p-4"
    >
      <p role="status" className="text-ink-2">
        {report && summary(report, failed.length)}
      </p>
      {error !== null && <ErrorNote error={error} className="mt-2" />}
      {failed.length > 0 && <Outcomes label={t('diagnostics.failed_checks')} checks={failed} />}
      {others.length > 0 && (
        <details className="mt-2">
          <summary className="min-h-6 text-ink-2 text-sm">
            {t('diagnostics.other_checks_count', { count: others.length })}
          </summary>
          <Outcomes label={t('diagnostics.other_checks')} checks={others} />
        </details>
      )}
    </Card>
  );
}

function buttonWords(report: DoctorReport | null) {
  if (report?.running) return 'diagnostics.checking';
  return report?.started_at ? 'diagnostics.check_again' : 'diagnostics.run';
}

function summary({ running, started_at, total, checks }: DoctorReport, failed: number): string {
  if (running) return t('diagnostics.progress', { ended: checks.length, total });
  if (started_at === null) {
    return t('diagnostics.before');
  }
  if (failed > 0) return t('diagnostics.some_failed', { failed, total });
  return t(checks.some(({ result }) => result === 'not_run') ? 'diagnostics.incomplete' : 'diagnostics.well');
}

function Outcomes({ label, checks }: { label: string; checks: readonly CheckOutcome[] }) {
  return (
    <ul aria-label={label} className="mt-2 flex flex-col gap-1.5">
      {checks.map((check) => (
        <Outcome key={check.name} check={check} />
      ))}
    </ul>
  );
}

/** What a check is called; one of a newer Holdfast keeps its name. */
function CheckName({ name }: Pick<CheckOutcome, 'name'>) {
  const id = `check.${name}`;
  const own = id in EN ? t(id as MessageId) : null;
  return (
    <span translate={own === null ? 'no' : undefined} className="font-medium text-ink">
      {own ?? name}
    </span>
  );
}

function Outcome({ check: { name, result, detail, remedy } }: { check: CheckOutcome }) {
  const { word, icon: Icon, colour } = RESULTS[result];
  return (
    <li data-check={name} data-result={result} className="flex items-start gap-2">
      <Icon size={16} aria-hidden className={cx('mt-0.5 shrink-0', colour)} />
      <div className="min-w-0 break-words">
        <span className={cx('font-medium', colour)}>{word}</span> <CheckName name={name} />
        <p className="text-ink-2 text-sm">
          <Said text={detail} />
        </p>
        {remedy !== null && (
          <p className="text-ink text-sm">
            <Said text={remedy} />
          </p>
        )}
      </div>
    </li>
  );
}
