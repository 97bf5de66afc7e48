import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { RequiresScopes } from '../directives/requires-scopes.ts';

export enum IfExistsName {
  SKIP = 'skip',
  OVERWRITE = 'overwrite',
}
registerEnumType(IfExistsName, {
  name: 'IfExists',
  description: 'What happens to things of an import that are there already.',
  valuesConfig: {
    SKIP: {
      description:
        'They stay as they are, with what belongs to them, such as the roles inside a role and the settings of the tenant.',
    },
    OVERWRITE: {
      description:
        'They get what the import has. Passwords and other credentials of users stay, and so do roles, groups and links that it does not name.',
    },
  },
});

export enum IfAnyExistsName {
  FAIL = 'fail',
  SKIP = 'skip',
  OVERWRITE = 'overwrite',
}
registerEnumType(IfAnyExistsName, {
  name: 'IfAnyExists',
  description: 'What happens when things that are written together are there already.',
  valuesConfig: {
    FAIL: { description: 'Nothing is written. What the service made itself stays as it is.' },
    SKIP: { description: 'They stay as they are, and the others are written.' },
    OVERWRITE: { description: 'They get what is sent, as with `OVERWRITE` of `IfExists`.' },
  },
});

export enum ImportState {
  RUNNING = 'running',
  INTERRUPTED = 'interrupted',
  COMPLETE = 'complete',
  REPORTED = 'reported',
}
registerEnumType(ImportState, {
  name: 'ImportState',
  description: 'State of an import.',
  valuesConfig: {
    RUNNING: { description: 'More rows can be written.' },
    INTERRUPTED: {
      description:
        'Nothing was written for ten minutes, so who writes it has probably ended. More rows can be written.',
    },
    COMPLETE: { description: 'It has ended, and everything was taken over.' },
    REPORTED: { description: 'It has ended, and `faults` says what was not taken over.' },
  },
});

export enum ImportOutcome {
  ADDED = 'added',
  CHANGED = 'changed',
  SAME = 'same',
  SKIPPED = 'skipped',
  REFUSED = 'refused',
}
registerEnumType(ImportOutcome, {
  name: 'ImportOutcome',
  description: 'What happened to a row of an import.',
  valuesConfig: {
    ADDED: { description: 'It was made.' },
    CHANGED: { description: 'It was there, and has what the import has now.' },
    SAME: {
      description:
        'An import has written the same before, or with SKIP a thing that may have secrets, whatever they were; nothing changed.',
    },
    SKIPPED: { description: 'It was there, and stays as it is.' },
    REFUSED: { description: 'A rule does not allow it; nothing changed.' },
  },
});

@ObjectType({ description: 'Something that an import could not take over as it is.' })
export class ImportFault {
  @Field(() => String, { description: 'Kind of the row, such as `user` or `clientRole`.' })
  kind!: string;
  @Field(() => String, { description: 'The `client_id` of the client that a role belongs to; else empty.' })
  owner!: string;
  @Field(() => String, { description: 'Name of the row; of groups the path.' })
  name!: string;
  @Field(() => String, { description: 'Code of the reason, such as `USER_EMAIL_TAKEN` or `HASH_UNKNOWN`.' })
  reason!: string;
  @Field(() => String, { description: 'Which value is meant; empty for the whole row.' })
  at!: string;
}

@ObjectType({ description: 'A row of an import, with what happened to it.' })
export class ImportedRow {
  @Field(() => String, { description: 'Kind of the row.' })
  kind!: string;
  @Field(() => String, { description: 'The `client_id` of the client that a role belongs to; else empty.' })
  owner!: string;
  @Field(() => String, { description: 'Name of the row; of groups the path.' })
  name!: string;
  @Field(() => ImportOutcome, { description: 'What happened to it.' })
  outcome!: ImportOutcome;
  @Field(() => String, {
    nullable: true,
    description: 'Id of the thing in its service; null where nothing was looked up, or another thing has its address.',
  })
  key!: string | null;
  @Field(() => [ImportFault], { description: 'What could not be taken over.' })
  faults!: readonly ImportFault[];
}

@ObjectType('Import', { description: 'An import of what another service exported.' })
@RequiresScopes(['tenant:import'])
export class ImportType {
  @Field(() => ID, { description: 'Id of the import.' })
  importId!: string;
  @Field(() => ImportState, { description: 'Whether it goes on.' })
  state!: ImportState;
  @Field(() => IfExistsName, { description: 'What happens to things that are there already.' })
  ifExists!: IfExistsName;
  @Field(() => GraphQLJSONObject, {
    description: 'How many rows ended how, by kind: `{"user": {"added": 10, "refused": 1}}`.',
  })
  tallies!: Record<string, unknown>;
  @Field(() => Int, { description: 'How much was not taken over.' })
  faultCount!: number;
  @Field(() => [ImportFault], {
    description: 'The first 1,000 of what was not taken over, in at most 256 KiB, each text cut to 255 characters.',
  })
  faults!: readonly ImportFault[];
  @Field(() => Date, { description: 'When it began.' })
  createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it ended; null while it goes on.' })
  endedAt!: Date | null;
}
