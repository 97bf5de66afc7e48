import { z } from 'zod';
import type { Profile } from './operations.generated.ts';

/** An attribute as the profile of a realm has it. */
interface Attribute {
  readonly name: string;
  readonly displayName?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly validations?: Readonly<Record<string, object>>;
  readonly group?: string;
  readonly multivalued?: boolean;
  readonly defaultValue?: string;
}

interface Group {
  readonly name: string;
  readonly displayHeader?: string;
  readonly displayDescription?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
}

interface Config {
  readonly attributes: readonly Attribute[];
  readonly groups?: readonly Group[];
  readonly unmanagedAttributePolicy?: string;
}

/** Name of a text that a page shows in its language. */
const messageOf = (name: string): string => `\${${name}}`;

const EVERYBODY = { view: ['admin', 'user'], edit: ['admin', 'user'] };
const PERSON_NAME = {
  validations: { length: { max: 255 }, 'person-name-prohibited-characters': {} },
  required: { roles: ['user'] },
  permissions: EVERYBODY,
  multivalued: false,
};

/** The profile that is shown of realms that have set none. Its rules do not act, and other attributes are free. */
const DEFAULT: Config = {
  attributes: [
    {
      name: 'username',
      displayName: messageOf('username'),
      validations: {
        length: { min: 3, max: 255 },
        'username-prohibited-characters': {},
        'up-username-not-idn-homograph': {},
      },
      permissions: EVERYBODY,
      multivalued: false,
    },
    {
      name: 'email',
      displayName: messageOf('email'),
      validations: { email: {}, length: { max: 255 } },
      required: { roles: ['user'] },
      permissions: EVERYBODY,
      multivalued: false,
    },
    { name: 'firstName', displayName: messageOf('firstName'), ...PERSON_NAME },
    { name: 'lastName', displayName: messageOf('lastName'), ...PERSON_NAME },
  ] as readonly Attribute[],
  groups: [
    {
      name: 'user-metadata',
      displayHeader: 'User metadata',
      displayDescription: 'Attributes, which refer to user metadata',
    },
  ],
  unmanagedAttributePolicy: 'ENABLED',
};

/** The profile of a realm as it is answered: docs/dialects/kobil.md, section 4.23. */
export const PROFILE_CONFIG = z.record(z.string(), z.unknown());

const configOf = ({ profile }: Profile): Config => (profile ?? DEFAULT) as Config;

/** The profile as it is answered, the default where the realm has set none. */
export const showProfile = (profile: Profile): Record<string, unknown> => ({ ...configOf(profile) });

const MEMBERS = z.record(z.string(), z.unknown());

/** What forms for users are made from. */
export const PROFILE_METADATA = z.strictObject({
  attributes: z.array(
    z.strictObject({
      name: z.string(),
      displayName: z.string().optional(),
      required: z.boolean(),
      readOnly: z.boolean(),
      group: z.string().optional(),
      annotations: MEMBERS.optional(),
      validators: z.record(z.string(), MEMBERS),
      multivalued: z.boolean(),
      defaultValue: z.string().optional(),
    }),
  ),
  groups: z.array(
    z.strictObject({
      name: z.string(),
      displayHeader: z.string().optional(),
      displayDescription: z.string().optional(),
      annotations: MEMBERS.optional(),
    }),
  ),
});

/** The members of an object that are there. */
const having = <T extends object>(object: T): T =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;

/** The profile as forms need it. */
export function showMetadata(profile: Profile): z.input<typeof PROFILE_METADATA> {
  const { attributes, groups = [] } = configOf(profile);
  const [required, readOnly] = [new Set(profile.required), new Set(profile.readOnly)];
  return {
    attributes: attributes.map(({ name, displayName, group, annotations, validations, multivalued, defaultValue }) => ({
      name,
      required: required.has(name),
      readOnly: readOnly.has(name),
      validators: { ...validations } as Record<string, Record<string, unknown>>,
      multivalued: multivalued ?? false,
      ...having({ displayName, group, annotations, defaultValue }),
    })) as z.input<typeof PROFILE_METADATA>['attributes'],
    groups: groups.map((group) => having(group)) as z.input<typeof PROFILE_METADATA>['groups'],
  };
}
