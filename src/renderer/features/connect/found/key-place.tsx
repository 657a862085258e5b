import type { KeyWay, PlannedConnection } from '../../../../shared/contract/connect';
import { t } from '../../../../shared/messages/language';
import { RichMessage } from '../../../ui/rich-message';
import { Segmented } from '../../../ui/segmented';

const WAYS = (['reference', 'file'] as const).map((value) => ({ value, label: t(`connect.key_way.${value}`) }));

export interface KeyPlaceProps {
  planned: PlannedConnection;
  name: string;
  /** Not given where there is nothing to choose. */
  onChange?: ((way: KeyWay) => void) | undefined;
}

/** Where the key of a program will stand, and the choice if there is one. Nothing where it can stand only in the file. */
export function KeyPlace({ planned: { key, key_file, reference }, name, onChange }: KeyPlaceProps) {
  if (reference === null) return null;
  return (
    <div className="flex min-h-14 flex-col gap-1.5">
      {onChange && (
        <div>
          <Segmented label={t('connect.key_way')} value={key} options={WAYS} onChange={onChange} />
        </div>
      )}
      <p className="text-ink-2 text-sm">
        {key === 'file' ? (
          t('connect.key_way.file_about')
        ) : key_file === null ? (
          t('connect.key_way.environment_about', { name })
        ) : (
          <RichMessage
            id="connect.key_way.own_file_about"
            values={{
              file: (
                <code key="file" translate="no" className="break-all font-mono text-ink">
                  {key_file}
                </code>
              ),
            }}
          />
        )}
      </p>
    </div>
  );
}
