/** Types of attributes (RFC 7643 section 2.3) that the resources of this service have. */
export type AttributeType = 'string' | 'boolean' | 'dateTime' | 'reference' | 'complex';

/** An attribute of a resource, as `/Schemas` shows it (RFC 7643 section 7). */
export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly description: string;
  readonly required: boolean;
  /** Values that are suggested; others are taken too. */
  readonly canonicalValues?: readonly string[];
  readonly caseExact: boolean;
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'never' | 'default';
  readonly uniqueness: 'none' | 'server';
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly Attribute[];
}

type Given = Partial<Omit<Attribute, 'name' | 'description'>>;

/** An attribute, by default an optional single text that clients read and write, compared without regard to case. */
export const attribute = (name: string, description: string, given: Given = {}): Attribute => ({
  name,
  type: 'string',
  multiValued: false,
  description,
  required: false,
  caseExact: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  ...given,
});

/** A kind of resource: its schemas and the attributes that all resources have (RFC 7643 section 3.1). */
export interface ResourceKind {
  readonly name: 'User' | 'Group';
  /** URN of the core schema. */
  readonly schema: string;
  readonly description: string;
  /** Attributes of the core schema. */
  readonly attributes: readonly Attribute[];
  /** Schemas that extend it, whose attributes stand in a member named by the URN. */
  readonly extensions: readonly Extension[];
}

/** A schema that extends a resource. */
export interface Extension {
  readonly schema: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

/** Attributes of every resource. */
const COMMON: readonly Attribute[] = [
  attribute('schemas', 'URNs of the schemas of the resource.', {
    type: 'reference',
    multiValued: true,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
  }),
  attribute('id', 'The id of the resource.', {
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  attribute('externalId', 'The id that the client has for the resource.', { caseExact: true }),
  attribute('meta', 'What the service knows of the resource.', {
    type: 'complex',
    mutability: 'readOnly',
    subAttributes: [
      attribute('resourceType', 'The kind of the resource.', { caseExact: true, mutability: 'readOnly' }),
      attribute('created', 'When it was made.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('lastModified', 'When it changed last.', { type: 'dateTime', mutability: 'readOnly' }),
      attribute('location', 'Its address.', { type: 'reference', caseExact: true, mutability: 'readOnly' }),
    ],
  }),
];

/** An attribute path as it is written (RFC 7644 section 3.10): `urn:...:User:name.givenName`. */
export interface WrittenPath {
  /** The URN before the name, as written; null: none. */
  readonly schema: string | null;
  readonly name: string;
  readonly sub: string | null;
}

/** The attribute that a path names. */
export interface FoundAttribute {
  /** The extension whose member holds it; null: the resource itself. */
  readonly extension: Extension | null;
  /** Null: the path names the whole extension. */
  readonly attribute: Attribute | null;
  readonly sub: Attribute | null;
}

const PATH = /(?:(urn:[A-Za-z0-9:._-]+):)?([A-Za-z][A-Za-z0-9_-]*|\$ref)(?:\.([A-Za-z][A-Za-z0-9_-]*|\$ref))?/iy;

/** Whether two names of attributes or URNs are the same, which case does not change. */
export const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Reads the attribute path that begins at a position, and where it ends; null: none begins there. */
export function readPath(text: string, at: number): { readonly path: WrittenPath; readonly end: number } | null {
  PATH.lastIndex = at;
  const found = PATH.exec(text);
  if (found === null) return null;
  const [, schema = null, name, sub = null] = found;
  return { path: { schema, name: name!, sub }, end: PATH.lastIndex };
}

/** The attribute with this name, which case does not change. */
export const named = (attributes: readonly Attribute[], name: string): Attribute | null =>
  attributes.find((each) => isSameName(each.name, name)) ?? null;

/** Attributes of the resource itself, those of all resources first. */
export const ownAttributes = (kind: ResourceKind): readonly Attribute[] => [...COMMON, ...kind.attributes];

/** The extension with this URN. */
export const extensionNamed = (kind: ResourceKind, schema: string): Extension | null =>
  kind.extensions.find((each) => isSameName(each.schema, schema)) ?? null;

/** What a path names in resources of a kind; null: nothing that the service has. */
export function findAttribute(kind: ResourceKind, path: WrittenPath): FoundAttribute | null {
  const whole = path.sub === null && path.schema !== null ? extensionNamed(kind, `${path.schema}:${path.name}`) : null;
  if (whole !== null) return { extension: whole, attribute: null, sub: null };
  const extension = path.schema === null ? null : extensionNamed(kind, path.schema);
  if (path.schema !== null && extension === null && !isSameName(path.schema, kind.schema)) return null;
  const found = named(extension?.attributes ?? ownAttributes(kind), path.name);
  if (found === null) return null;
  if (path.sub === null) return { extension, attribute: found, sub: null };
  const sub = named(found.subAttributes ?? [], path.sub);
  return sub === null ? null : { extension, attribute: found, sub };
}
