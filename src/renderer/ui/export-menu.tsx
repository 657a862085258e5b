import { FileDown } from 'lucide-react';
import { useState } from 'react';
import { exportName, type FileKind, MEDIA_TYPES } from '../../shared/export/file-names';
import { type TableData, tableFile } from '../../shared/export/table-file';
import { t } from '../../shared/messages/language';
import { Button, IconButton } from './button';
import { Menu, MenuItem } from './menu';
import { saveFile } from './save-file';
import { toastError } from './toast';

type ExportKind = Exclude<FileKind, 'zip'>;

/** One format that something can be exported in. */
export interface ExportFormat {
  readonly kind: ExportKind;
  /**
   * Makes the file, when somebody asks for it.
   * @param tell - says how many rows there are so far, for one that takes a while
   */
  make(tell: (rows: number) => void): Blob | Promise<Blob>;
}

/** CSV and JSON of what a table shows when it is asked for. */
export const tableFormats = (data: () => TableData | Promise<TableData>): readonly ExportFormat[] =>
  (['csv', 'json'] as const).map((kind) => ({
    kind,
    make: async () => new Blob([tableFile(await data(), kind)], { type: MEDIA_TYPES[kind] }),
  }));

export interface ExportMenuProps {
  /** What it is, for the name of the file: `sessions`. */
  what: string;
  formats: readonly ExportFormat[];
  /** The name of a button that shows only its icon. */
  iconLabel?: string;
  disabled?: boolean;
}

/** A button with a menu of formats. What is chosen is made and offered to be saved. */
export function ExportMenu({ what, formats, iconLabel, disabled = false }: ExportMenuProps) {
  const [rows, setRows] = useState<number | null>(null);
  const isBusy = rows !== null;
  const run = async ({ kind, make }: ExportFormat) => {
    setRows(0);
    try {
      saveFile(exportName(what, Date.now(), kind), await make(setRows));
    } catch (error) {
      toastError(t('export.failed'), error);
    } finally {
      setRows(null);
    }
  };
  const trigger =
    iconLabel === undefined ? (
      <Button size="sm" icon={<FileDown size={14} aria-hidden />} disabled={disabled || isBusy}>
        <span className="button-word">
          {isBusy && rows > 0 ? t('export.rows', { count: rows }) : t('export.label')}
        </span>
      </Button>
    ) : (
      <IconButton label={iconLabel} disabled={disabled || isBusy}>
        <FileDown size={14} aria-hidden />
      </IconButton>
    );
  return (
    <Menu trigger={trigger}>
      {formats.map((format) => (
        <MenuItem key={format.kind} onClick={() => void run(format)}>
          {t(`export.kind.${format.kind}`)}
        </MenuItem>
      ))}
    </Menu>
  );
}
