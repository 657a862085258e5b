import { said, sentences } from '../../../shared/messages/said';
import { isObject, isRequestId, type Params } from '../json-rpc';
import type { ListedKind } from './item-rules';
import { type Finding, fields, leaf, text, withFields } from './rules';

/** What is remarkable about something that a server listed, in words for a person. */
export interface ListRemark {
  /** What it is about: `tool`, `prompt`, `resource`, `resource template` or `list`. */
  readonly kind: ListedKind['word'] | 'list';
  /** The server's own name or URI for the item; what is listed, for a list. */
  readonly name: string;
  /** What is wrong with it. */
  readonly problem: string;
  /** What Holdfast made of it. */
  readonly done: string;
  /** Somebody may want to mislead with it: shown before what is only odd. */
  readonly misleads?: true;
}

/** A page as clients get it. */
export interface SoundPage {
  /** The server's own result, the same reference, if nothing is wrong with it. */
  readonly result: Params;
  readonly remarks: readonly ListRemark[];
}

const LONGEST_NAME = 80;
const MAX_NAMED = 4;
const RESULT_RULES = {
  _meta: fields({
    progressToken: leaf(isRequestId),
    'io.modelcontextprotocol/related-task': fields({ taskId: text }, 'taskId'),
  }),
  nextCursor: text,
};

/**
 * Makes a page of a list one that strict clients take. Optional fields that are null or broken are left out, required ones
 * are repaired where that does not change what they mean, and items are left out only when nothing else helps: they have
 * no name, or the name of an earlier one. Everything else stays as it is.
 * @param isKnown - whether an earlier page had an item of this name
 */
export function soundPage(kind: ListedKind, result: Params, isKnown: (id: string) => boolean): SoundPage {
  const remarks: ListRemark[] = [];
  const findings: Finding[] = [];
  const note = (finding: Finding) => void findings.push(finding);
  let sound: Params = withFields(result, RESULT_RULES, '', note);
  const listed = result[kind.key];
  if (!Array.isArray(listed)) {
    // Languages that know one kind of collection write an empty list as {}.
    note({
      path: kind.key,
      problem: listed === null ? said('said.list.is_null') : said('said.list.not_a_list'),
      isRepaired: true,
    });
    sound = { ...sound, [kind.key]: [] };
  } else {
    const page = soundItems(kind, listed, isKnown);
    remarks.push(...page.remarks);
    if (page.items !== listed) sound = { ...sound, [kind.key]: page.items };
  }
  remarks.unshift(...remarksOf('list', kind.key, findings));
  return { result: sound, remarks };
}

/** Like {@link soundPage}, for the items alone. `items` is the same array if nothing is wrong. */
export function soundItems(
  kind: ListedKind,
  listed: readonly unknown[],
  isKnown: (id: string) => boolean = () => false,
): { readonly items: readonly unknown[]; readonly remarks: readonly ListRemark[] } {
  const remarks: ListRemark[] = [];
  const ids = new Set<string>();
  const items = listed.map((item, index) => {
    const name = nameOf(kind, item, index);
    const leftOut = (problem: string) =>
      void remarks.push({ kind: kind.word, name, problem, done: said('said.list.left_out') });
    if (!isObject(item)) return leftOut(said('said.list.not_object'));
    const id = item[kind.id];
    if (typeof id !== 'string' || id === '') return leftOut(said('said.list.no_id', { field: kind.id }));
    if (ids.has(id) || isKnown(id)) return leftOut(said('said.list.same_name'));
    ids.add(id);
    const findings: Finding[] = [];
    const sound = soundItem(kind, item, id, (finding) => void findings.push(finding));
    remarks.push(...remarksOf(kind.word, name, findings));
    return sound;
  });
  if (items.every((item, index) => item === listed[index])) return { items: listed, remarks };
  return { items: items.filter((item) => item !== undefined), remarks };
}

function soundItem(kind: ListedKind, item: Params, id: string, note: (finding: Finding) => void): Params {
  let sound: Params = withFields(item, kind.rules, '', note);
  if (typeof item.name !== 'string') {
    note({
      path: 'name',
      problem: item.name === null ? said('said.list.is_null') : said('said.list.not_a_text'),
      isRepaired: true,
    });
    sound = { ...sound, name: typeof sound.title === 'string' && sound.title !== '' ? sound.title : id };
  }
  if (kind.word === 'tool' && !Object.hasOwn(item, 'inputSchema')) {
    sound = { ...sound, inputSchema: kind.rules.inputSchema?.(undefined, 'inputSchema', note) };
  }
  return sound;
}

function nameOf(kind: ListedKind, item: unknown, index: number): string {
  const fieldsOfItem = isObject(item) ? item : {};
  const names = [fieldsOfItem[kind.id], fieldsOfItem.name, fieldsOfItem.title];
  const name = names.find((one) => typeof one === 'string' && one !== '');
  return typeof name === 'string' ? shortened(name) : `number ${index + 1}`;
}

export const shortened = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;

/** One remark for what was left out of an item, and one for what was repaired. */
function remarksOf(kind: ListRemark['kind'], name: string, findings: readonly Finding[]): ListRemark[] {
  return [false, true].flatMap((isRepaired) => {
    const same = findings.filter((finding) => finding.isRepaired === isRepaired);
    if (same.length === 0) return [];
    const told = same
      .slice(0, MAX_NAMED)
      .map(({ path, problem }) => said('said.list.finding', { field: shortened(path), what: problem }));
    const more = same.length > MAX_NAMED ? said('said.list.more', { count: same.length - MAX_NAMED }) : '';
    const done = isRepaired
      ? said('said.list.put_right')
      : said(same.length === 1 ? 'said.list.field_left_out' : 'said.list.fields_left_out');
    return [{ kind, name, problem: sentences(...told, more), done }];
  });
}
