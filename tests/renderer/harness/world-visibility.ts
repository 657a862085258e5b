import { adviceOn } from '#src/main/tool-sets/advice';
import { clientView } from '#src/main/tool-sets/client-view';
import {
  type RuleChange,
  rulesBefore,
  rulesFor,
  withChoice,
  withoutSet,
  withRules,
  withSet,
} from '#src/main/tool-sets/decide';
import type { Input, Method, Output } from '#src/shared/contract/index';
import type { ListedTools } from '#src/shared/contract/server';
import { DAY } from '#src/shared/model/units';
import { ALL_SHOWN, type Visibility, VisibilityIndex } from '#src/shared/model/visibility';

type Handlers = { [M in Method]: (input: Input<M>) => Output<M> };
type Parts = readonly { server: string; kind?: 'tool' | 'prompt' | 'resource' | null; name?: string | null }[];

/** What clients see, decided by the real rules; all that servers list are tools, one prompt and one resource. */
export class WorldVisibility {
  state: Visibility = ALL_SHOWN;
  /** Calls of tools within 30 days. */
  readonly calls = new Map<string, number>();
  /** On so many days servers were listed. */
  days = 0;
  private readonly toolsOf: (server: string) => ListedTools;
  private readonly servers: () => readonly string[];

  constructor(toolsOf: (server: string) => ListedTools, servers: () => readonly string[]) {
    this.toolsOf = toolsOf;
    this.servers = servers;
  }

  handlers(): Pick<Handlers, Extract<Method, `tools.${string}` | `sets.${string}`>> {
    const listed = (server: string): Output<'tools.items'> => {
      const { tools, more, changed_at } = this.toolsOf(server);
      const items = tools.map(({ name, description }) => {
        const calls = this.calls.get(name) ?? 0;
        const used = { calls, last_used: calls === 0 ? null : Date.now() - DAY };
        return { kind: 'tool' as const, name, description, tokens: 100 * name.length, ...used };
      });
      return { items, more, changed_at, days: this.days };
    };
    const put = (changes: readonly RuleChange[]) => {
      const undo = rulesBefore(this.state, changes);
      this.state = withRules(this.state, changes);
      return { undo };
    };
    return {
      'tools.visibility': () => ({
        rules: [...this.state.rules],
        sets: this.state.sets.map(({ name, parts }) => ({ name, parts: [...parts] })),
        chosen: [...this.state.chosen],
        searching: [...this.state.searching],
      }),
      'tools.items': ({ server }) => listed(server),
      'tools.advice': () => ({
        advice: this.servers().flatMap((server) => {
          const tools = listed(server).items;
          const sizes = new Map(tools.map(({ name, tokens }) => [name, tokens ?? 0]));
          const used = new Map(
            tools.filter(({ calls }) => calls > 0).map(({ name }) => [name, { calls: 1, last_used: 0 }]),
          );
          return adviceOn(server, sizes, { days: this.days, tools: used }, new VisibilityIndex(this.state)) ?? [];
        }),
      }),
      'tools.of_client': ({ client_id }) => {
        const servers = this.servers().map((server) => {
          const items = listed(server);
          return { server, listed: items, sizes: new Map(items.items.map(({ name, tokens }) => [name, tokens ?? 0])) };
        });
        return clientView(new VisibilityIndex(this.state), client_id, servers);
      },
      'tools.set_shown': ({ client_id = null, parts, shown }) =>
        put(rulesFor(this.state, { client_id, parts: partsOf(parts), shown })),
      'tools.put_rules': ({ rules }) => put(rules.map((rule) => ({ ...rule, ...whole(rule) }))),
      'sets.save': ({ name, parts, replaces = null }) => {
        const set = { name, parts: partsOf(parts) };
        this.state = withSet(this.state, set, replaces);
        return set;
      },
      'sets.remove': ({ name }) => {
        this.state = withoutSet(this.state, name);
        return {};
      },
      'sets.choose': ({ client_id, set, search = false }) => {
        this.state = withChoice(this.state, client_id, { set, search });
        return {};
      },
    };
  }
}

const whole = ({ kind = null, name = null }: Parts[number]) => ({ kind, name });
const partsOf = (parts: Parts) => parts.map((part) => ({ server: part.server, ...whole(part) }));
