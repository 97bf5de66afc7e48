/** The bounds of one GraphQL request and of WebSockets; each can be set in `GRAPHQL_LIMITS`. */
export interface GraphqlLimits {
  /** `body`: bytes of a request body, or of one WebSocket message. */
  readonly body: number;
  /** `tokens`: lexical tokens of a document, counted while it is parsed. */
  readonly tokens: number;
  /** `depth`: levels of nested fields. The nodes of a connection are three levels: field, `edges`, `node`. */
  readonly depth: number;
  /** `aliases`: renamed fields of an operation, fragments counted where they are spread. */
  readonly aliases: number;
  /** `directives`: directives of an operation, fragments counted where they are spread. */
  readonly directives: number;
  /** `repeats`: fields of equal response name that are merged into one place of the answer, fragments included; likewise fragments. */
  readonly repeats: number;
  /** `cost`: objects that an operation may request: 1 for each field that returns objects, times the page sizes above it. */
  readonly cost: number;
  /** `batch`: operations in one HTTP request; 1 refuses arrays of more than one. */
  readonly batch: number;
  /** `operations`: operations that may be open on one WebSocket. */
  readonly operations: number;
  /** `sockets`: WebSockets of one node. */
  readonly sockets: number;
  /** `tenantSockets`: WebSockets of one node whose callers belong to one tenant. */
  readonly tenantSockets: number;
  /** `callerSockets`: WebSockets of one node that one user or application may have, or one address before it sends a token. */
  readonly callerSockets: number;
}

type LimitRow = readonly [standard: number, min: number, max: number];

/** Default, least and greatest value of each limit. A page of 200 users with 20 sessions each costs 4,200. */
const LIMIT_ROWS: Record<keyof GraphqlLimits, LimitRow> = {
  body: [1_048_576, 1024, 67_108_864],
  tokens: [4000, 50, 1_000_000],
  depth: [16, 3, 100],
  aliases: [30, 0, 10_000],
  directives: [30, 0, 10_000],
  // 4,000 tokens with 50 fields each are 100,000 pairs that validation compares in some 10 ms. Fragments cost more for each
  // pair, but also take more tokens.
  repeats: [50, 1, 10_000],
  cost: [10_000, 10, 10_000_000],
  batch: [10, 1, 100],
  // A dashboard opens about five.
  operations: [100, 1, 10_000],
  // 600 MB at some 30 KB each.
  sockets: [20_000, 1, 1_000_000],
  tenantSockets: [10_000, 1, 1_000_000],
  callerSockets: [500, 1, 1_000_000],
};

export const LIMIT_NAMES = Object.keys(LIMIT_ROWS) as readonly (keyof GraphqlLimits)[];

export const DEFAULT_GRAPHQL_LIMITS = Object.fromEntries(
  LIMIT_NAMES.map((name) => [name, LIMIT_ROWS[name][0]]),
) as unknown as GraphqlLimits;

function isLimitName(name: string): name is keyof GraphqlLimits {
  return Object.hasOwn(LIMIT_ROWS, name);
}

function parsePair(pair: string): readonly [keyof GraphqlLimits, number] {
  const [name = '', value = '', ...rest] = pair.split('=').map((part) => part.trim());
  if (!isLimitName(name) || rest.length > 0)
    throw new Error(`"${pair}" is not name=value with one of ${LIMIT_NAMES.join(', ')}`);
  const [, min, max] = LIMIT_ROWS[name];
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max)) throw new Error(`${name} must be a whole number from ${min} to ${max}`);
  return [name, number];
}

/**
 * Reads `depth=12,cost=5000`; limits that are not named keep their default.
 * @throws Error Names the first pair that cannot be used.
 */
export function parseGraphqlLimits(text: string): GraphqlLimits {
  const pairs = text
    .split(',')
    .map((pair) => pair.trim())
    .filter((pair) => pair !== '')
    .map(parsePair);
  return { ...DEFAULT_GRAPHQL_LIMITS, ...Object.fromEntries(pairs) };
}
