import { describe, expect, it } from 'vitest';
import { assertWhole, toWindow } from '../../../rest-compat/keycloak-admin/paging.ts';

describe('pages of the administration', () => {
  it('never have fewer rows than were asked for: more than 10,000 are refused', () => {
    const refusal = expect.objectContaining({ code: 'INVALID_INPUT' });
    expect(() => toWindow({ max: '10001' })).toThrow(refusal);
    expect(() => assertWhole({ max: '-1', first: '3' }, 10_004)).toThrow(refusal);
    expect(() => assertWhole({ max: '-1', first: '3' }, 10_003)).not.toThrow();
    expect(() => assertWhole({ max: '50' }, 100_000)).not.toThrow();
  });
});
