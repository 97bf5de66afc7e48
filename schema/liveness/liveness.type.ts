import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';

export enum LivenessResolutionName {
  DAY = 'day',
  HOUR = 'hour',
  MINUTE = 'minute',
}
registerEnumType(LivenessResolutionName, {
  name: 'LivenessResolution',
  description: 'Length of the buckets of a report.',
  valuesConfig: {
    DAY: { description: 'Days of UTC.' },
    HOUR: { description: 'Hours.' },
    MINUTE: { description: 'Minutes.' },
  },
});

@ObjectType('LivenessTotals', {
  description: 'How checks went whether a person stood before the camera. Pages make the checks and tell the results.',
})
export class LivenessTotalsType {
  @Field(() => Int, { description: 'Number of checks.' })
  total!: number;
  @Field(() => Int, { description: 'How many found a person.' })
  passed!: number;
  @Field(() => Int, { description: 'How many found none.' })
  failed!: number;
  @Field(() => Int, { description: 'How many were skipped.' })
  skipped!: number;
  @Field(() => Int, {
    nullable: true,
    description: 'How long the checks took, in milliseconds, on average of those that told; null when none did.',
  })
  averageDurationMs!: number | null;
}

@ObjectType('LivenessBucket', { description: 'How checks went in a part of the time.' })
export class LivenessBucketType extends LivenessTotalsType {
  @Field(() => Date, { description: 'Begin of the day, hour or minute; that of the first may be before the start.' })
  start!: Date;
}

@ObjectType('LivenessReport', { description: 'How checks went whether a person stood before the camera.' })
export class LivenessReportType {
  @Field(() => LivenessTotalsType, { description: 'How they went in the whole time.' })
  totals!: LivenessTotalsType;
  @Field(() => [LivenessBucketType], {
    description: 'Every day, hour or minute that the time touches, in order, those without checks too.',
  })
  buckets!: LivenessBucketType[];
}
