import { Field, ID, ObjectType } from 'type-graphql';
import { Owned, RequiresScopes } from '../directives/requires-scopes.ts';
import { ErrorCode } from '../errors/codes.ts';
import { connectionOf } from '../kit/connection.ts';
import { Node } from '../kit/node.ts';

@ObjectType('Riskbit', {
  implements: Node,
  description:
    'A rule that rates devices with certain findings and says what a client should do. Texts are returned as they were sent.',
})
@RequiresScopes(['riskbit:read'], ['riskbit:verify'])
@Owned({ account: null })
export class RiskbitType extends Node {
  @Field(() => String, { description: 'Rating, from A (best) on.' })
  ratingLevel!: string;
  @Field(() => String, { description: 'A number or a range: `492-638`. Higher means less risk.' })
  score!: string;
  @Field(() => String, { description: 'Share or weight: `41.77%`.' })
  risk!: string;
  @Field(() => String, { nullable: true, description: 'Findings that count on Android, separated by commas.' })
  riskAndroid!: string | null;
  @Field(() => String, { nullable: true, description: 'Findings that count on iOS, separated by commas.' })
  riskIos!: string | null;
  @Field(() => String, { description: 'What a client should do: `OK` accepts the device, `HIGH_RISK` refuses it.' })
  operation!: string;
  @Field(() => Boolean, { name: 'isEnabled', description: 'Whether it counts when a device is assessed.' })
  enabled!: boolean;
  @Field(() => Date, { description: 'When it was created.' })
  createdAt!: Date;
  @Field(() => Date, { description: 'When it last changed.' })
  updatedAt!: Date;
}

export const RiskbitConnection = connectionOf(RiskbitType, 'Riskbit');

@ObjectType({ description: 'The values of a riskbit as they were sent.' })
export class RiskbitValues {
  @Field(() => String, { nullable: true, description: 'Rating.' })
  ratingLevel!: string | null;
  @Field(() => String, { nullable: true, description: 'Score.' })
  score!: string | null;
  @Field(() => String, { nullable: true, description: 'Share or weight.' })
  risk!: string | null;
  @Field(() => String, { nullable: true, description: 'Findings that count on Android.' })
  riskAndroid!: string | null;
  @Field(() => String, { nullable: true, description: 'Findings that count on iOS.' })
  riskIos!: string | null;
  @Field(() => String, { nullable: true, description: 'What a client should do.' })
  operation!: string | null;
  @Field(() => String, { nullable: true, description: 'Name of the tenant it was meant for.' })
  tenant!: string | null;
}

@ObjectType('RiskbitResult', { description: 'The result for one riskbit of a list.' })
export class RiskbitResultType {
  @Field(() => ID, { description: 'Id of the riskbit without type and tenant; a refused riskbit has one as well.' })
  riskbitId!: string;
  @Field(() => RiskbitType, {
    nullable: true,
    description: 'The stored riskbit; null when it was refused, or the caller may not read it.',
  })
  riskbit!: RiskbitType | null;
  @Field(() => ErrorCode, {
    nullable: true,
    description:
      'Why it was refused: RISKBIT_INCOMPLETE, RISKBIT_EXISTS, RISKBIT_TENANT_MISMATCH or INVALID_INPUT. Null when it was stored.',
  })
  errorCode!: string | null;
  @Field(() => RiskbitValues, { description: 'The values that were sent.' })
  given!: RiskbitValues;
}

@ObjectType('DeviceRisk', { description: 'Risk of a finding on a device.' })
export class DeviceRiskType {
  @Field(() => [RiskbitType], {
    nullable: 'items',
    description: 'The riskbits that list the finding, by rating level, then score; empty when none does.',
  })
  riskbits!: (RiskbitType | null)[];
  @Field(() => String, {
    nullable: true,
    description: 'The strictest operation of the riskbits that list the finding; null when none does.',
  })
  operation!: string | null;
}
