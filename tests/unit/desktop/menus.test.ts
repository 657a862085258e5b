import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextItems } from '#src/main/desktop/context-menu';
import { menuTemplate } from '#src/main/desktop/menu-template';
import { zoomAfter } from '#src/main/desktop/zoom';
import { DE } from '#src/shared/messages/de';
import { sayIn, t } from '#src/shared/messages/language';
import { COMMANDS } from '#src/shared/model/commands';
import { SETTINGS } from '#src/shared/model/setting-definitions';

type Items = { readonly label?: string; readonly accelerator?: unknown; readonly id?: string; click?: unknown }[];
const itemsIn = (template: ReturnType<typeof menuTemplate>): Items =>
  template.flatMap(({ submenu }) => (submenu ?? []) as Items);

describe('the application menu', () => {
  const picked: string[] = [];
  const build = (isMac: boolean) =>
    menuTemplate({ isMac, run: (id) => picked.push(id), quit: () => picked.push('quit'), say: t });

  test.each([
    [true, ['Holdfast', 'File', 'Edit', 'View', 'Window', 'Help']],
    [false, ['File', 'Edit', 'View', 'Help']],
  ])('has the usual menus (macOS: %s)', (isMac, labels) => {
    const found = build(isMac).flatMap(({ label }) => (label === undefined ? [] : [label.replace('&', '')]));
    expect(found).toEqual(labels);
    expect(build(isMac).some(({ role }) => role === 'appMenu')).toBe(isMac);
  });

  test('has every command that names a menu, and runs it', () => {
    const items = itemsIn(build(false));
    for (const { id, title } of COMMANDS.filter(({ menu }) => menu)) {
      const item = items.find((one) => one.id === id);
      expect(item?.label).toBe(title);
      const click = item?.click as () => void;
      click();
      expect(picked.at(-1)).toBe(id);
    }
  });

  test('speaks the language of the window, with a name for every item that has one in English', () => {
    const say = sayIn('de', DE);
    const build = (isMac: boolean) => menuTemplate({ isMac, run: () => {}, quit: () => {}, say });
    const [file, edit, view, help] = build(false);
    expect([file, edit, view, help].map((menu) => menu?.label)).toEqual([
      '&Datei',
      '&Bearbeiten',
      '&Ansicht',
      '&Hilfe',
    ]);
    const labels = itemsIn(build(false)).flatMap(({ label }) => label ?? []);
    expect(labels).toEqual(
      expect.arrayContaining(['Server hinzufügen', 'Sitzungen', 'Holdfast beenden', 'Ausschneiden']),
    );
    const english = new Set(
      itemsIn(menuTemplate({ isMac: false, run: () => {}, quit: () => {}, say: t })).map(({ label }) => label),
    );
    // Words that are the same in both languages.
    expect(labels.filter((label) => english.has(label)).filter((label) => label !== 'Server')).toEqual([]);
  });

  test('leaves no item of macOS to Electron, whose words are English', () => {
    const items = (say: typeof t) =>
      menuTemplate({ isMac: true, run: () => {}, quit: () => {}, say }).flatMap((menu) => [
        menu,
        ...((menu.submenu ?? []) as (typeof menu)[]),
      ]);
    const english = items(t);
    const german = items(sayIn('de', DE));
    const same = german.filter(({ type, label }, at) => type !== 'separator' && label === english[at]?.label);
    expect(same.map(({ label }) => label)).toEqual(['Holdfast']);
  });

  test('takes no single key, and no key for quitting', () => {
    const items = itemsIn(build(false));
    const accelerators = items.flatMap(({ accelerator }) => (accelerator === undefined ? [] : [String(accelerator)]));
    expect(accelerators.length).toBeGreaterThan(5);
    for (const accelerator of accelerators) expect(accelerator).toMatch(/^CmdOrCtrl\+/);
    expect(items.find(({ label }) => label === 'Quit Holdfast')?.accelerator).toBeUndefined();
  });
});

describe('the context menu', () => {
  const all = { canCut: true, canCopy: true, canPaste: true, canSelectAll: true };
  const roles = (place: Parameters<typeof contextItems>[0]) =>
    contextItems(place, t).map(({ role, type }) => role ?? type);

  test('has what a field can do', () => {
    const place = { isEditable: true, selectionText: '', editFlags: { ...all, canCut: false } };
    expect(roles(place)).toEqual(['cut', 'copy', 'paste', 'separator', 'selectAll']);
    expect(contextItems(place, t)[0]?.enabled).toBe(false);
  });

  test('copies selected text, and is not there without any', () => {
    expect(roles({ isEditable: false, selectionText: 'text', editFlags: all })).toEqual(['copy']);
    expect(roles({ isEditable: false, selectionText: ' ', editFlags: all })).toEqual([]);
  });
});

describe('the zoom', () => {
  test('goes in and out by the same steps, within limits, and back', () => {
    expect(zoomAfter(zoomAfter(110, 'in'), 'out')).toBe(110);
    expect(zoomAfter(150, 'reset')).toBe(100);
    const { min, max } = SETTINGS.zoom_percent;
    fc.assert(
      fc.property(fc.integer({ min, max }), fc.constantFrom('in' as const, 'out' as const), (percent, step) => {
        const after = zoomAfter(percent, step);
        expect(after).toBeGreaterThanOrEqual(min);
        expect(after).toBeLessThanOrEqual(max);
      }),
    );
  });
});
