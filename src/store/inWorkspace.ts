import {
  AndNode,
  BinaryOperationNode,
  ColumnNode,
  AliasNode,
  IdentifierNode,
  OperationNodeTransformer,
  OperatorNode,
  ParensNode,
  PrimitiveValueListNode,
  RawNode,
  ReferenceNode,
  TableNode,
  ValueListNode,
  ValueNode,
  ValuesNode,
  WhereNode,
  type DeleteQueryNode,
  type FromNode,
  type InsertQueryNode,
  type KyselyPlugin,
  type OnConflictNode,
  type OperationNode,
  type QueryId,
  type SelectQueryNode,
  type UpdateQueryNode,
} from 'kysely';
import type { Database } from './schema/tables.ts';

/**
 * Returns a view of a database that has the rows of one workspace only: every query reads, changes, and deletes these,
 * and every inserted row becomes one of them. So no query can forget the workspace, and none names it. A query of
 * another form than those of the store, such as raw SQL or a join, throws. `id`: of the table `workspaces`.
 */
export const inWorkspace = (database: Database, id: number): Database =>
  database.withPlugin(pluginFor(new Scoping(id)));

const pluginFor = (scoping: Scoping): KyselyPlugin => ({
  transformQuery({ node, queryId }) {
    if (RawNode.is(node)) throw new Error('raw SQL has no workspace');
    return scoping.transformNode(node, queryId);
  },
  transformResult: ({ result }) => Promise.resolve(result),
});

/** The column of every table, that of `workspaces` excepted. */
const column = ColumnNode.create('workspace');

class Scoping extends OperationNodeTransformer {
  readonly #id: number;

  constructor(id: number) {
    super();
    this.#id = id;
  }

  protected override transformSelectQuery(node: SelectQueryNode, queryId?: QueryId) {
    refuseJoins(node);
    return this.#scoped(super.transformSelectQuery(node, queryId), tablesOf(node.from));
  }

  protected override transformDeleteQuery(node: DeleteQueryNode, queryId?: QueryId) {
    refuseJoins(node);
    return this.#scoped(super.transformDeleteQuery(node, queryId), tablesOf(node.from));
  }

  protected override transformUpdateQuery(node: UpdateQueryNode, queryId?: QueryId) {
    refuseJoins(node);
    const tables = node.table ? [node.table] : [];
    return this.#scoped(super.transformUpdateQuery(node, queryId), tables);
  }

  protected override transformInsertQuery(node: InsertQueryNode, queryId?: QueryId) {
    const { columns = [], values, ...rest } = super.transformInsertQuery(node, queryId);
    if (!values || !ValuesNode.is(values))
      throw new Error('an insert without values has no workspace');
    const rows = values.values.map((row) =>
      ValueListNode.is(row)
        ? ValueListNode.create([ValueNode.create(this.#id), ...row.values])
        : PrimitiveValueListNode.create([this.#id, ...row.values]),
    );
    return { ...rest, columns: [column, ...columns], values: ValuesNode.create(rows) };
  }

  protected override transformOnConflict(node: OnConflictNode, queryId?: QueryId) {
    const { columns = [], ...rest } = super.transformOnConflict(node, queryId);
    return { ...rest, columns: [column, ...columns] };
  }

  #scoped<Query extends { readonly where?: WhereNode }>(
    query: Query,
    tables: readonly OperationNode[],
  ): Query {
    const conditions = tables.map((table) => this.#condition(table));
    if (query.where) conditions.push(ParensNode.create(query.where.where));
    const [first, ...others] = conditions;
    if (!first) throw new Error('a query without a table has no workspace');
    const where = others.reduce((all, one) => AndNode.create(all, one), first);
    return { ...query, where: WhereNode.create(where) };
  }

  #condition(table: OperationNode): OperationNode {
    return BinaryOperationNode.create(
      ReferenceNode.create(column, TableNode.create(nameOf(table))),
      OperatorNode.create('='),
      ValueNode.create(this.#id),
    );
  }
}

const tablesOf = (from: FromNode | undefined): readonly OperationNode[] => from?.froms ?? [];

function refuseJoins({ joins = [] }: { readonly joins?: readonly OperationNode[] }): void {
  if (joins.length > 0) throw new Error('a join has no workspace');
}

/** The name by which the query knows a table. Throws for a subquery. */
function nameOf(node: OperationNode): string {
  if (TableNode.is(node)) return node.table.identifier.name;
  if (AliasNode.is(node) && TableNode.is(node.node) && IdentifierNode.is(node.alias))
    return node.alias.name;
  throw new Error('a subquery in place of a table has no workspace');
}
