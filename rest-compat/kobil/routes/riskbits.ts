import { z } from 'zod';
import { present, presentItems, type Route, route } from '../../engine/index.ts';
import { at } from '../alias.ts';
import { callersWith } from '../callers.ts';
import { DONE, done, SUBSYSTEM, withData } from '../envelope.ts';
import { RISKBIT_UNKNOWN } from '../errors.ts';
import {
  CreateRiskbit,
  CreateRiskbits,
  DeleteAllRiskbits,
  DeleteRiskbit,
  Riskbit,
  Riskbits,
  VerifyDeviceRisk,
} from '../operations.generated.ts';
import { MAX_LISTED } from '../quirks.ts';
import { RISKBIT, readItem, SENT_RISKBIT, showRefused, showRiskbit, toRiskbitInput } from '../riskbit.ts';

const { tenants } = SUBSYSTEM;
const BASE = '/kobilriskbits/resources-auth';
const RISKBIT_PATH = z.object({ id: z.guid() });
const TAGS = { subSystem: tenants };

const CREATE = route({
  method: 'POST',
  path: BASE,
  spec: '3.5 (58)',
  summary: 'Makes a riskbit',
  callers: callersWith('riskbit:write'),
  tags: TAGS,
  // The operation refuses a riskbit whose member names another tenant.
  tenant: 'mount',
  operation: CreateRiskbit,
  input: { body: SENT_RISKBIT },
  toVariables: ({ body }) => ({ riskbit: toRiskbitInput(body) }),
  reply: { status: 200, schema: DONE, from: () => done('Riskbits added successfully', tenants) },
});

const CREATE_LIST = route({
  method: 'POST',
  path: `${BASE}/list`,
  spec: '3.5 (62)',
  summary: 'Makes riskbits; one that is refused does not stop the others',
  callers: callersWith('riskbit:write'),
  tags: TAGS,
  operation: CreateRiskbits,
  input: { body: z.array(z.unknown()) },
  toVariables: ({ body, tenantName }) => ({
    riskbits: body.map((item) => toRiskbitInput(readItem(item, tenantName))),
  }),
  reply: {
    status: 200,
    schema: withData(z.record(z.string(), z.string())),
    from: ({ createRiskbits }, { body, tenantName }) => ({
      ...done('Add riskbits request completed successfully', tenants),
      data: showRefused(createRiskbits, body, tenantName),
    }),
  },
});

const VERIFY = route({
  method: 'POST',
  path: `${BASE}/verify`,
  spec: '3.5 (64)',
  summary: 'Finds the riskbits that list a finding on a device',
  callers: callersWith('riskbit:verify'),
  tags: TAGS,
  operation: VerifyDeviceRisk,
  input: {
    body: z.object({
      platform: z.string().nullable().optional().describe('Mandatory: `ios` or `android`.'),
      riskName: z.string().nullable().optional().describe('Mandatory.'),
    }),
  },
  toVariables: ({ body }) => body,
  reply: {
    status: 200,
    schema: withData(z.array(RISKBIT)),
    from: ({ verifyDeviceRisk }, { tenantName }) => {
      const found = presentItems(verifyDeviceRisk.deviceRisk.riskbits);
      if (found.length === 0) return null;
      const data = found.map((riskbit) => showRiskbit(riskbit, tenantName));
      return { ...done('Riskbit found successfully', tenants), data };
    },
    orEmpty: 'No riskbit lists the finding.',
  },
});

/** Riskbits: docs/dialects/kobil.md, section 3.5. */
export const RISKBIT_ROUTES: readonly Route[] = [
  CREATE,
  CREATE_LIST,
  VERIFY,
  route({
    method: 'GET',
    path: BASE,
    spec: '3.5 (63)',
    summary: 'All riskbits, by rating level, then score',
    callers: callersWith('riskbit:read'),
    tags: TAGS,
    operation: Riskbits,
    toVariables: () => ({ first: MAX_LISTED }),
    reply: {
      status: 200,
      schema: withData(z.array(RISKBIT)),
      from: ({ riskbits }, { tenantName }) => {
        const data = presentItems(riskbits.nodes).map((riskbit) => showRiskbit(riskbit, tenantName));
        // A tenant without any has nothing to show.
        return { ...done('Riskbits fetched successfully', tenants), data: present(data.length === 0 ? null : data) };
      },
    },
    errors: { NOT_FOUND: RISKBIT_UNKNOWN },
  }),
  route({
    method: 'DELETE',
    path: BASE,
    spec: '3.5 (59)',
    summary: 'Deletes all riskbits',
    callers: callersWith('riskbit:delete'),
    tags: TAGS,
    operation: DeleteAllRiskbits,
    reply: { status: 200, schema: DONE, from: () => done('All Riskbits Deleted Successfully', tenants) },
    errors: { RISKBIT_NOT_FOUND: RISKBIT_UNKNOWN },
  }),
  route({
    method: 'GET',
    path: `${BASE}/{id}`,
    spec: '3.5 (61)',
    summary: 'A riskbit, as a list of one',
    callers: callersWith('riskbit:read'),
    tags: TAGS,
    operation: Riskbit,
    input: { params: RISKBIT_PATH },
    toVariables: ({ params }) => ({ riskbitId: params.id.toLowerCase() }),
    reply: {
      status: 200,
      schema: withData(z.array(RISKBIT)),
      from: ({ riskbit }, { tenantName }) => ({
        ...done('Riskbit found successfully', tenants),
        data: [showRiskbit(riskbit, tenantName)],
      }),
    },
    errors: { NOT_FOUND: RISKBIT_UNKNOWN },
  }),
  route({
    method: 'DELETE',
    path: `${BASE}/{id}`,
    spec: '3.5 (60)',
    summary: 'Deletes a riskbit',
    callers: callersWith('riskbit:delete'),
    tags: TAGS,
    operation: DeleteRiskbit,
    input: { params: RISKBIT_PATH },
    toVariables: ({ params }) => ({ riskbitId: params.id.toLowerCase() }),
    reply: { status: 200, schema: DONE, from: () => done('Riskbit deleted successfully', tenants) },
    errors: { NOT_FOUND: RISKBIT_UNKNOWN, RISKBIT_NOT_FOUND: RISKBIT_UNKNOWN },
  }),
];

export const GATEWAY_RISKBIT_ROUTES: readonly Route[] = [
  at('/riskbits', CREATE),
  at('/riskbits/list', CREATE_LIST),
  at('/riskbits/verify', VERIFY),
];
