import type { Database, Statement } from 'better-sqlite3';
import type { ServerPart, Visibility, VisibilityRule } from '../../../shared/model/visibility';
import type { ToolSetRepository } from '../../tool-sets/tool-set-ports';
import type { Transactions } from '../lifecycle/transactions';

type RuleRow = Omit<VisibilityRule, 'shown'> & { readonly shown: 0 | 1 };

/** The tables `visibility_rules`, `tool_sets`, `client_sets` and `client_searches`: what clients see. */
export class ToolSetStore implements ToolSetRepository {
  private readonly transactions: Transactions;
  private readonly rules: Statement<[], RuleRow>;
  private readonly sets: Statement<[], { name: string; parts: string }>;
  private readonly chosen: Statement<[], { client_id: string; set: string }>;
  private readonly searching: Statement<[], string>;
  private readonly clearing: readonly Statement<[]>[];
  private readonly addRule: Statement<[RuleRow]>;
  private readonly addSet: Statement<[name: string, parts: string]>;
  private readonly addChoice: Statement<[{ client_id: string; set: string }]>;
  private readonly addSearch: Statement<[clientId: string]>;

  constructor(db: Database, transactions: Transactions) {
    this.transactions = transactions;
    this.rules = db.prepare('SELECT client_id, server, kind, name, shown FROM visibility_rules ORDER BY rowid');
    this.sets = db.prepare('SELECT name, parts FROM tool_sets ORDER BY rowid');
    this.chosen = db.prepare('SELECT client_id, set_name AS "set" FROM client_sets ORDER BY client_id');
    this.searching = db.prepare<[], string>('SELECT client_id FROM client_searches ORDER BY client_id').pluck();
    this.clearing = ['client_sets', 'client_searches', 'tool_sets', 'visibility_rules'].map((table) =>
      db.prepare(`DELETE FROM ${table}`),
    );
    this.addRule = db.prepare(
      'INSERT INTO visibility_rules (client_id, server, kind, name, shown) VALUES (:client_id, :server, :kind, :name, :shown)',
    );
    this.addSet = db.prepare('INSERT INTO tool_sets (name, parts) VALUES (?, ?)');
    this.addChoice = db.prepare('INSERT INTO client_sets (client_id, set_name) VALUES (:client_id, :set)');
    this.addSearch = db.prepare('INSERT INTO client_searches (client_id) VALUES (?)');
  }

  load(): Visibility {
    return {
      rules: this.rules.all().map((row) => ({ ...row, shown: row.shown === 1 })),
      sets: this.sets.all().map(({ name, parts }) => ({ name, parts: JSON.parse(parts) as ServerPart[] })),
      chosen: this.chosen.all(),
      searching: this.searching.all(),
    };
  }

  save({ rules, sets, chosen, searching }: Visibility): void {
    this.transactions.run(() => {
      for (const clear of this.clearing) clear.run();
      for (const { client_id, server, kind, name, shown } of rules) {
        this.addRule.run({ client_id, server, kind, name, shown: shown ? 1 : 0 });
      }
      for (const { name, parts } of sets) this.addSet.run(name, JSON.stringify(parts));
      for (const choice of chosen) this.addChoice.run(choice);
      for (const client_id of searching) this.addSearch.run(client_id);
    });
  }
}
