import type { Setting, SettingChanges } from '../../shared/contract/settings';
import { HoldfastError } from '../../shared/errors';
import { said } from '../../shared/messages/said';
import { nearest } from '../../shared/model/nearest';
import {
  defaultOf,
  definitionOf,
  isSettingName,
  SETTING_NAMES,
  type SettingName,
  type SettingValue,
  type SettingValues,
} from '../../shared/model/setting-definitions';
import { checkSetting, checkTogether } from '../../shared/model/setting-rules';
import { optionLabel, settingHelp, settingLabel } from '../../shared/model/setting-words';

/** Where values are kept. */
interface KeptSettings {
  get<T>(name: string): T | null;
  set(name: string, value: unknown): void;
  remove(name: string): void;
}

export interface SettingDeskDeps {
  /** What the environment says; it goes before what is kept. */
  readonly given: Partial<SettingValues>;
  readonly kept: KeptSettings;
  /** Runs the synchronous `work` in one transaction. */
  transaction(work: () => void): void;
  /** Memory of this machine, in bytes. */
  readonly machineBytes: number;
  /** Is told, in a sentence for the user, of a kept value that cannot be used. Such a value counts as never set. */
  onProblem(sentence: string): void;
}

/** The one place where settings are read and changed. A change is on disk before anybody is told. */
export class SettingDesk {
  private readonly deps: SettingDeskDeps;
  private readonly saved = new Map<SettingName, SettingValue>();
  /** Values of settings that apply at the next start, as this run found them. */
  private readonly started: SettingValues;
  private readonly listeners: (() => void)[] = [];

  constructor(deps: SettingDeskDeps) {
    this.deps = deps;
    for (const name of SETTING_NAMES) this.read(name);
    const problem = checkTogether(this.wanted());
    if (problem !== null) deps.onProblem(problem);
    this.started = this.wanted();
  }

  /** What holds in this run. */
  values(): SettingValues {
    const wanted = this.wanted();
    return valuesOf((name) => (definitionOf(name).applies === 'at_once' ? wanted[name] : this.started[name]));
  }

  list(): Setting[] {
    const wanted = this.wanted();
    const running = this.values();
    return SETTING_NAMES.map((name) => {
      const definition = definitionOf(name);
      const isGiven = this.deps.given[name] !== undefined;
      const isWhole = definition.kind === 'whole';
      return {
        name,
        group: definition.group,
        label: settingLabel(name),
        help: settingHelp(name),
        kind: definition.kind,
        value: wanted[name],
        running: running[name],
        default: this.usual(name),
        saved: this.saved.get(name) ?? null,
        origin: isGiven ? 'environment' : this.saved.has(name) ? 'saved' : 'default',
        environment: definition.environment,
        editable: !isGiven && !definition.onlyEnvironment,
        unit: isWhole ? definition.unit : null,
        min: isWhole ? definition.min : null,
        max: isWhole ? definition.max : null,
        options: isWhole ? [] : definition.options.map((value) => ({ value, label: optionLabel(name, value) })),
        applies: definition.applies,
        pending: wanted[name] !== running[name],
      };
    });
  }

  /**
   * Saves values; null puts the default back. Either all are taken, or none.
   * @throws HoldfastError `invalid_input` with a sentence that says which name or value does not fit, and what would
   */
  change(changes: SettingChanges): void {
    const next = new Map(this.saved);
    const changed = Object.entries(changes).map(([given, value]) => {
      const name = nameOf(given);
      if (value === null) {
        // Also beneath a variable: it may be set because what is saved keeps Holdfast from starting.
        next.delete(name);
        return name;
      }
      this.requireEditable(name);
      const checked = checkSetting(name, value);
      if ('problem' in checked) throw new HoldfastError('invalid_input', checked.problem);
      next.set(name, checked.value);
      return name;
    });
    const problem = checkTogether(this.wanted(next));
    if (problem !== null) throw new HoldfastError('invalid_input', problem);
    const { kept } = this.deps;
    this.deps.transaction(() => {
      for (const name of changed) {
        const value = next.get(name);
        if (value === undefined) kept.remove(name);
        else kept.set(name, value);
      }
    });
    for (const name of changed) {
      const value = next.get(name);
      if (value === undefined) this.saved.delete(name);
      else this.saved.set(name, value);
    }
    for (const listener of this.listeners) listener();
  }

  /** Calls `apply` now and after every change. It must not throw. */
  apply(apply: (values: SettingValues) => void): void {
    const listener = () => apply(this.values());
    listener();
    this.listeners.push(listener);
  }

  private read(name: SettingName): void {
    const value = this.deps.kept.get<unknown>(name);
    if (value === null || definitionOf(name).onlyEnvironment) return;
    const checked = checkSetting(name, value);
    if ('value' in checked) this.saved.set(name, checked.value);
    else this.deps.onProblem(said('said.setting.unusable', { why: checked.problem }));
  }

  private usual(name: SettingName): SettingValue {
    return defaultOf(name, this.deps.machineBytes);
  }

  private wanted(saved: ReadonlyMap<SettingName, SettingValue> = this.saved): SettingValues {
    return valuesOf((name) => this.deps.given[name] ?? saved.get(name) ?? this.usual(name));
  }

  private requireEditable(name: SettingName): void {
    const { environment, onlyEnvironment } = definitionOf(name);
    const label = settingLabel(name);
    if (this.deps.given[name] !== undefined) {
      throw new HoldfastError('invalid_input', said('said.setting.given', { label, variable: environment ?? '' }));
    }
    if (onlyEnvironment) {
      throw new HoldfastError(
        'invalid_input',
        said('said.setting.only_environment', { label, variable: environment ?? '' }),
      );
    }
  }
}

/** Every setting has a value of its own kind in `pick`, by its definition. */
const valuesOf = (pick: (name: SettingName) => SettingValue): SettingValues =>
  Object.fromEntries(SETTING_NAMES.map((name) => [name, pick(name)])) as unknown as SettingValues;

function nameOf(given: string): SettingName {
  if (isSettingName(given)) return given;
  const meant = nearest(given, SETTING_NAMES);
  const name = given.slice(0, 60);
  throw new HoldfastError(
    'invalid_input',
    meant === null ? said('said.setting.unknown', { name }) : said('said.setting.meant', { name, meant }),
  );
}
