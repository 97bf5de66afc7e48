import type { ApolloServerPlugin } from '@apollo/server';
import { describe, expect, it } from 'vitest';
import type { GraphContext } from '../../../../schema/context.ts';
import { createLogger } from '../../../../src/server/environment/logger.ts';
import { createPlugin } from '../../../../src/server/graphql/apollo-plugin.ts';
import type { ClientDocuments } from '../../../../src/server/graphql/client-documents.ts';
import { createMetrics } from '../../../../src/server/http/metrics.ts';

type Started = NonNullable<ApolloServerPlugin<GraphContext>['requestDidStart']>;
type Listener = NonNullable<Exclude<Awaited<ReturnType<Started>>, void>>;
type Hook<K extends 'responseForOperation' | 'willSendResponse'> = Parameters<NonNullable<Listener[K]>>[0];

describe('the plugin of Apollo Server', () => {
  const documents = { faultsOf: () => [] } as Partial<ClientDocuments> as ClientDocuments;
  const plugin = createPlugin({
    documents,
    path: '/graphql',
    logger: createLogger('silent'),
    metrics: createMetrics(),
  });
  const start = (): ReturnType<Started> => plugin.requestDidStart!({} as Parameters<Started>[0]);

  it('has one listener for all requests', async () => {
    expect(start()).toBe(start());
    expect(Object.keys((await start())!)).toEqual(['didEncounterErrors', 'responseForOperation', 'willSendResponse']);
  });

  it('makes no promise for an operation that may be executed and has no errors', async () => {
    const { responseForOperation, willSendResponse } = (await start())!;
    const operation = { request: {}, queryHash: '0' } as unknown as Hook<'responseForOperation'>;
    expect(responseForOperation!(operation)).toBe(responseForOperation!(operation));
    const answered = {
      response: { body: { kind: 'single', singleResult: { data: {} } } },
    } as unknown as Hook<'willSendResponse'>;
    expect(willSendResponse!(answered)).toBe(willSendResponse!(answered));
  });
});
