import { ACTIVITY_FORMATS, type ActivityFormat, activityFile } from '../../../shared/export/activity-file';
import { MEDIA_TYPES } from '../../../shared/export/file-names';
import { harContents } from '../../../shared/export/har';
import { t } from '../../../shared/messages/language';
import { useActions, useHoldfastStore } from '../../store/use-holdfast';
import { ExportMenu } from '../../ui/export-menu';
import { toast } from '../../ui/toast';
import { type ActivityFilter, queryOf } from './activity-place';

/** Exports all activity that the filter fits, also what is not loaded yet; says when that is more than one file holds. */
export function ActivityExport({ filter }: { filter: ActivityFilter }) {
  const { loadActivity, loadContents, loadApp } = useActions();
  const store = useHoldfastStore();
  const make = async (format: ActivityFormat, tell: (rows: number) => void) => {
    if (store.getState().app === null) await loadApp();
    let rows = 0;
    const pieces = activityFile({
      format,
      version: store.getState().app?.version ?? '',
      filter: queryOf(filter),
      contents: async (ids) => harContents(await loadContents([...ids])),
      async read(query) {
        const page = await loadActivity(query);
        rows += page.activity.length;
        tell(rows);
        return page;
      },
    });
    const parts: string[] = [];
    for (;;) {
      const { done, value } = await pieces.next();
      if (!done) parts.push(value);
      else {
        if (value.isCut) toast({ title: t('export.cut', { count: value.rows }), detail: t('export.cut.text') });
        return new Blob(parts, { type: MEDIA_TYPES[format] });
      }
    }
  };
  const formats = ACTIVITY_FORMATS.map((kind) => ({ kind, make: (tell: (rows: number) => void) => make(kind, tell) }));
  return <ExportMenu what="activity" formats={formats} />;
}
