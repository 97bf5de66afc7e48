import { Arg, Ctx, Query, Resolver } from 'type-graphql';
import type { LivenessReport } from '../../src/liveness/index.ts';
import type { GraphContext } from '../context.ts';
import { Errors } from '../directives/errors.ts';
import { RequiresScopes } from '../directives/requires-scopes.ts';
import { LivenessReportType, LivenessResolutionName } from './liveness.type.ts';

@Resolver()
export class LivenessResolver {
  @RequiresScopes(['analytics:read'])
  @Errors('LIVENESS_PERIOD_INVALID')
  @Query(() => LivenessReportType, {
    description:
      'How checks went whether a person stood before the camera. They are counted by the minute where a proof held, and kept for 400 days.',
  })
  livenessReport(
    @Arg('start', () => Date, { description: 'From this moment.' }) start: Date,
    @Arg('end', () => Date, { description: 'To this moment, which is excluded.' }) end: Date,
    @Ctx() { services, authority }: GraphContext,
    @Arg('resolution', () => LivenessResolutionName, {
      nullable: true,
      description: 'Length of the buckets, of which there are at most 1,000. Default DAY.',
    })
    resolution?: LivenessResolutionName | null,
  ): Promise<LivenessReport> {
    return services.liveness.report(authority, { start, end, resolution: resolution ?? LivenessResolutionName.DAY });
  }
}
