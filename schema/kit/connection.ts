import type { GraphQLResolveInfo } from 'graphql';
import { ArgsType, type ClassType, Field, Int, ObjectType } from 'type-graphql';
import { positionIn } from '../../src/kernel/index.ts';
import type { PageRequest, PageResult } from '../../src/persistence/index.ts';
import { selects } from './selection.ts';

@ObjectType({
  description:
    'Position of a page in its list (Relay Cursor Connections). A page of a filtered list for which 10,000 items of the whole list were looked at in vain can hold fewer items than asked for, or none, although there are more: `hasNextPage` is true then and `endCursor` is where the next page begins.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether there are items after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether there are items before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item of this page.' })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last item of this page.' })
  endCursor!: string | null;
}

/** `first`/`after` or `last`/`before`. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description:
      'Number of items to return, from the start of the list or after `after`; at most 200. Default 20, unless `last` is given.',
  })
  first?: number;

  @Field(() => String, { nullable: true, description: 'Only items after this cursor.' })
  after?: string;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of items to return, from the end of the list or before `before`; at most 200.',
  })
  last?: number;

  @Field(() => String, { nullable: true, description: 'Only items before this cursor.' })
  before?: string;
}

/** The value of a connection field; the classes of `connectionOf` describe it to the schema. */
export interface ConnectionData<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number | null;
  readonly isTotalCountExact: boolean | null;
}

/**
 * The Relay shape of a page of rows. Cursors are computed only when they are selected, and once: compiled documents read a
 * property several times.
 */
export function toConnection<T>({ rows, cursorOf, walkedTo, ...page }: PageResult<T>): ConnectionData<T> {
  const cursorAt = (row: T | undefined): string | null => (row === undefined ? null : cursorOf(row));
  const makePageInfo = (): PageInfo => {
    const { hasNextPage, hasPreviousPage, isBackwards } = page;
    const [before, after] = isBackwards === true ? [walkedTo, undefined] : [undefined, walkedTo];
    const startCursor = before ?? cursorAt(rows[0]);
    return { hasNextPage, hasPreviousPage, startCursor, endCursor: after ?? cursorAt(rows.at(-1)) };
  };
  let edges: ConnectionData<T>['edges'] | undefined;
  let pageInfo: PageInfo | undefined;
  return {
    get edges() {
      edges ??= rows.map((node) => ({ cursor: cursorOf(node), node }));
      return edges;
    },
    nodes: rows,
    get pageInfo() {
      pageInfo ??= makePageInfo();
      return pageInfo;
    },
    totalCount: page.totalCount ?? null,
    isTotalCountExact: page.isTotalCountExact ?? null,
  };
}

/**
 * Converts the arguments and the selection of a connection to a page request. A caller who selects `pageInfo` can go on from
 * where a page ended, so it may end early.
 * @param largest Most items of the page (`GraphContext.largestPage`), where documents of the process may ask for more than 200.
 *   Only they may say where the page begins by its number (`positionCursor`), and only in lists that pass this.
 */
export function toPageRequest(
  args: PageArgs,
  info: GraphQLResolveInfo,
  descending?: boolean,
  largest?: number,
): PageRequest {
  const { first, last, before } = args;
  const offset = largest === undefined ? null : positionIn(args.after);
  return {
    first,
    ...(offset === null ? { after: args.after } : { offset }),
    last,
    before,
    withTotal: selects(info, 'totalCount') || selects(info, 'isTotalCountExact'),
    mayEndEarly: selects(info, 'pageInfo'),
    descending,
    largest,
  };
}

/** Classes of a connection and its edges for one type: `UserConnection`, `UserEdge`. */
export function connectionOf<T extends object>(node: ClassType<T>, name: string) {
  @ObjectType(`${name}Edge`, { description: `An item of a list of ${name}.` })
  class Edge {
    @Field(() => String, { description: 'Cursor of the item, for `after` and `before`.' })
    cursor!: string;

    @Field(() => node, { nullable: true, description: 'The item; null when the caller may not see it.' })
    node!: T | null;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class Connection {
    @Field(() => [Edge], { description: 'The items with their cursors.' })
    edges!: Edge[];

    @Field(() => [node], { nullable: 'items', description: 'The items without their cursors.' })
    nodes!: (T | null)[];

    @Field(() => PageInfo, { description: 'Position of the page in the list.' })
    pageInfo!: PageInfo;

    @Field(() => Int, {
      nullable: true,
      description:
        'Number of items in the whole list, of which at most 10,000 are counted; see `isTotalCountExact`. Counted only when this field or that one is selected.',
    })
    totalCount!: number | null;

    @Field(() => Boolean, {
      nullable: true,
      description:
        'Whether `totalCount` is the number of all items; when false, there are at least as many. To count a filtered list, at most 10,000 items of the whole list are looked at.',
    })
    isTotalCountExact!: boolean | null;
  }
  return Connection;
}
