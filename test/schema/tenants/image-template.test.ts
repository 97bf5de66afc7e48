import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantRef } from '../../../src/kernel/index.ts';
import { World } from '../../support/world.ts';

const SHOWN = `template settings {
  registration emailIsUsername uniqueEmail signInByEmail verifyEmail protectLastAdmin sessionIdleSeconds sessionSeconds
  isSecondFactorOnly isPasskeyEnabled passkeyOrigins passkeys { rpId }
  imageProof {
    isPinUsed pinSize isPatternUsed gridSize order isPinShown isFaceRecognized isLivenessChecked
    liveness { gestures gestureCount gestureSeconds maxAttempts faceThreshold }
  }
  lockout {
    isEnabled growth accountLimit accountWindowSeconds baseWaitSeconds maxWaitSeconds ipLimit ipWindowSeconds isPermanent
    exemptsKnownDevices
  }
}`;
const CREATE = `mutation ($input: CreateTenantInput!) { createTenant(input: $input) { tenant { ${SHOWN} } } }`;
const CHANGE = `mutation ($settings: TenantSettingsInput!) {
  updateTenantSettings(input: { settings: $settings }) { settings { isSecondFactorOnly isPasskeyEnabled passkeyOrigins
    imageProof { pinSize gridSize order isPinShown isFaceRecognized isLivenessChecked liveness { gestures } } } }
}`;

const LIVENESS = {
  gestures: ['blink', 'nod'],
  gestureCount: 2,
  gestureSeconds: 10,
  maxAttempts: 3,
  faceThreshold: 0.6,
};

describe('the template for image proofs', () => {
  let world: World;
  let master: TenantRef;
  beforeAll(async () => {
    world = await World.open();
    master = await world.tenant({ name: 'master' });
  });
  afterAll(() => world.close());

  const create = (input: object) =>
    world.graphql(world.app(master, 'tenant:create:all', 'tenant:read:all', 'setting:read:all'), CREATE, {
      input: { template: 'IMAGE', ...input },
    });
  const change = (tenant: TenantRef, settings: object) =>
    world.graphql(world.app(tenant, 'setting:write'), CHANGE, { settings });

  it('gives a new tenant its defaults', async () => {
    const { data, errors } = await create({ name: 'harbour' });
    expect(errors).toEqual([]);
    expect(data.createTenant.tenant).toEqual({
      template: 'IMAGE',
      settings: {
        registration: false,
        emailIsUsername: false,
        uniqueEmail: false,
        signInByEmail: false,
        verifyEmail: true,
        protectLastAdmin: true,
        sessionIdleSeconds: 28_800,
        sessionSeconds: 86_400,
        isSecondFactorOnly: false,
        isPasskeyEnabled: false,
        passkeyOrigins: [],
        passkeys: { rpId: null },
        imageProof: {
          isPinUsed: true,
          pinSize: 6,
          isPatternUsed: true,
          gridSize: 3,
          order: ['pin', 'pattern'],
          isPinShown: true,
          isFaceRecognized: false,
          isLivenessChecked: false,
          liveness: null,
        },
        lockout: {
          isEnabled: true,
          growth: 'DOUBLING',
          accountLimit: 5,
          accountWindowSeconds: 900,
          baseWaitSeconds: 60,
          maxWaitSeconds: 86_400,
          ipLimit: 20,
          ipWindowSeconds: 3600,
          isPermanent: false,
          exemptsKnownDevices: false,
        },
      },
    });
  });

  it('takes settings of the new tenant in their place', async () => {
    const settings = {
      isSecondFactorOnly: true,
      isPasskeyEnabled: true,
      passkeyOrigins: ['https://app.example.com', 'http://localhost:8080'],
      passkeys: { rpId: 'example.com' },
      emailIsUsername: true,
      imageProof: { pinSize: 3, gridSize: 4, order: ['pattern'], isFaceRecognized: true, isLivenessChecked: true },
      lockout: { ipLimit: 7 },
    };
    const { data } = await create({ name: 'pier', settings: { ...settings } });
    expect(data.createTenant.tenant.settings).toMatchObject(settings);
  });

  it('lets members of image proofs be changed one by one', async () => {
    const tenant = await world.tenant({ template: 'image' });
    await change(tenant, { imageProof: { pinSize: 4 } });
    const imageProof = { isFaceRecognized: true, isLivenessChecked: true, liveness: LIVENESS };
    const { data, errors } = await change(tenant, { imageProof });
    expect(errors).toEqual([]);
    expect(data.updateTenantSettings.settings.imageProof).toEqual({
      pinSize: 4,
      gridSize: 3,
      order: ['pin', 'pattern'],
      isPinShown: true,
      isFaceRecognized: true,
      isLivenessChecked: true,
      liveness: { gestures: ['blink', 'nod'] },
    });
    expect(
      (await change(tenant, { imageProof: { liveness: null } })).data.updateTenantSettings.settings.imageProof,
    ).toMatchObject({
      liveness: null,
      isLivenessChecked: true,
    });
  });

  it.each<[string, object]>([
    ['imageProof.pinSize', { imageProof: { pinSize: 2 } }],
    ['imageProof.pinSize', { imageProof: { pinSize: 7 } }],
    ['imageProof.gridSize', { imageProof: { gridSize: 2 } }],
    ['imageProof.gridSize', { imageProof: { gridSize: 5 } }],
    ['imageProof.isPinShown', { imageProof: { isPinShown: null } }],
    ['imageProof.order', { imageProof: { order: ['pin', 'pin'] } }],
    ['imageProof.order.0', { imageProof: { order: ['face'] } }],
    ['imageProof.isLivenessChecked', { imageProof: { isLivenessChecked: true } }],
    ['imageProof.liveness.gestureCount', { imageProof: { liveness: { ...LIVENESS, gestures: [] } } }],
    ['imageProof.liveness.gestures', { imageProof: { liveness: { ...LIVENESS, gestures: ['nod', 'nod'] } } }],
    ['imageProof.liveness.gestures.0', { imageProof: { liveness: { ...LIVENESS, gestures: ['wink', 'nod'] } } }],
    ['imageProof.liveness.gestureCount', { imageProof: { liveness: { ...LIVENESS, gestureCount: 3 } } }],
    ['imageProof.liveness.gestureCount', { imageProof: { liveness: { ...LIVENESS, gestureCount: 0 } } }],
    ['imageProof.liveness.gestureSeconds', { imageProof: { liveness: { ...LIVENESS, gestureSeconds: 61 } } }],
    ['imageProof.liveness.maxAttempts', { imageProof: { liveness: { ...LIVENESS, maxAttempts: 11 } } }],
    ['imageProof.liveness.faceThreshold', { imageProof: { liveness: { ...LIVENESS, faceThreshold: 1.1 } } }],
    ['passkeyOrigins.0', { passkeyOrigins: ['app.example.com'] }],
    ['passkeyOrigins.0', { passkeyOrigins: ['https://app.example.com/'] }],
    ['passkeyOrigins.0', { passkeyOrigins: ['http://app.example.com'] }],
    ['passkeyOrigins.0', { passkeyOrigins: ['javascript:alert(1)'] }],
    ['passkeyOrigins', { passkeyOrigins: ['https://a.example', 'https://a.example'] }],
    ['passkeyOrigins', { passkeyOrigins: Array.from({ length: 21 }, (_, i) => `https://a${i}.example`) }],
    ['isPasskeyEnabled', { isPasskeyEnabled: null }],
    ['isSecondFactorOnly', { isSecondFactorOnly: true }],
  ])('refuses %s of %j, and then nothing changes', async (path, settings) => {
    const tenant = await world.tenant({ template: 'image' });
    const { errors } = await change(tenant, settings);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'TENANT_SETTING_INVALID',
      fields: [{ path: `input.settings.${path}` }],
    });
    expect(await world.services.tenants.find(tenant.id)).toMatchObject({ settings: {} });
  });

  it('takes the value again that was fixed when the tenant was made', async () => {
    const tenant = await world.tenant({ template: 'image', settings: { isSecondFactorOnly: true } });
    const same = await change(tenant, { isSecondFactorOnly: true });
    expect(same.data.updateTenantSettings.settings.isSecondFactorOnly).toBe(true);
    const other = await change(tenant, { isSecondFactorOnly: false });
    expect(other.errors[0]?.extensions).toMatchObject({ code: 'TENANT_SETTING_INVALID' });
  });
});
