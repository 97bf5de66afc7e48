import { isNonNullType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, everyPermission, formatScope } from '../../src/access/index.ts';
import { newId, type TenantRef } from '../../src/kernel/index.ts';
import { testGraph, World } from '../support/world.ts';

/** Accounts, and objects that belong to them, that a mutation of the table below may name. */
interface Target {
  readonly userId: string;
  readonly clientId: string;
  readonly groupId: string;
  readonly sessionId: string;
  readonly credentialId: string;
  readonly addressId: string;
  readonly blockId: string;
  readonly mapperId: string;
  readonly apiKeyId: string;
}

/** The values that are equal for all targets of a tenant. */
interface Plain {
  readonly plainGroup: string;
  readonly plainUser: string;
  readonly plainRole: string;
}

interface Write {
  readonly input: (target: Target, plain: Plain) => object;
  /** Default: an application with every permission except those of the target. */
  readonly as?: 'user';
}

const ofUser = (more: object = {}): Write => ({ input: ({ userId }) => ({ userId, ...more }) });
const link = { providerType: 'vk', providerName: 'vk_1', externalId: '4711' };
const rightOn =
  (object: (target: Target) => object): Write['input'] =>
  (target, { plainUser }) => ({
    rights: [{ subject: { userId: plainUser }, object: object(target), names: ['change_password'] }],
  });

/** Every mutation that writes to an account, with all ways to name one. */
const WRITES: Readonly<Record<string, Write | readonly Write[]>> = {
  addGroupMember: { input: ({ userId }, { plainGroup }) => ({ groupId: plainGroup, userId }) },
  addGroupMembers: { input: ({ userId }, { plainGroup }) => ({ groupId: plainGroup, userIds: [userId] }) },
  addProtocolMappers: { input: ({ clientId }) => ({ clientId, mappers: [{ name: 'm', type: 'oidc-m' }] }) },
  addScopeRoles: {
    input: ({ clientId }, { plainRole }) => ({ clientId, roles: [{ roleId: plainRole }] }),
  },
  attachTotp: ofUser({ secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', code: '123456' }),
  beginAccountLinking: ofUser({ provider: 'vk:vk_1', callback: 'https://app.example/cb' }),
  beginTotpEnrolment: ofUser(),
  changeDependentPassword: { ...ofUser({ newPassword: 'four-lanterns-by-noon' }), as: 'user' },
  changeRights: {
    input: ({ userId }, { plainUser }) => ({ subject: { userId: plainUser }, object: { userId }, add: ['r'] }),
  },
  configureGroup: [
    { input: ({ userId }, { plainGroup }) => ({ groupId: plainGroup, members: [userId] }) },
    { input: ({ userId }, { plainGroup }) => ({ groupId: plainGroup, removedMembers: [userId] }) },
    { input: ({ groupId }) => ({ groupId, name: `g${newId()}` }) },
  ],
  configureUser: [
    ofUser({ givenName: 'Eve' }),
    ofUser({ addresses: [] }),
    ofUser({ password: 'four-lanterns-by-noon' }),
    { input: ({ userId }, { plainRole }) => ({ roles: [{ roleId: plainRole }], userId }) },
    { input: ({ userId }, { plainGroup }) => ({ groups: [{ groupId: plainGroup }], userId }) },
  ],
  createUserAddress: ofUser({ address: { city: 'Kiel' } }),
  deleteApiKey: { input: ({ apiKeyId }) => ({ apiKeyId }) },
  deleteClient: { input: ({ clientId }) => ({ clientId }) },
  deleteGroup: { input: ({ groupId }) => ({ groupId }) },
  deleteProtocolMapper: { input: ({ clientId, mapperId }) => ({ clientId, mapperId }) },
  deleteUser: ofUser(),
  deleteUserAddress: { input: ({ userId, addressId }) => ({ userId, userAddressId: addressId }) },
  demoteUser: ofUser(),
  detachTotp: [{ input: ({ credentialId }) => ({ credentialId }) }, ofUser({ ordinal: 1 })],
  endEarlierClientSecrets: { input: ({ clientId }) => ({ clientId }) },
  exemptAccount: ofUser(),
  generateRecoveryCodes: ofUser(),
  grantRights: { input: rightOn(({ userId }) => ({ userId })) },
  grantRole: [
    { input: ({ userId }, { plainRole }) => ({ roleId: plainRole, userId }) },
    { input: ({ clientId }, { plainRole }) => ({ roleId: plainRole, clientId }) },
    { input: ({ groupId }, { plainRole }) => ({ roleId: plainRole, groupId }) },
  ],
  grantRoles: { input: ({ userId }, { plainRole }) => ({ roles: [{ roleId: plainRole }], userId }) },
  issueRegistrationToken: { input: ({ clientId }) => ({ clientId }) },
  impersonateUser: ofUser(),
  joinGroups: { input: ({ userId }, { plainGroup }) => ({ groups: [{ groupId: plainGroup }], userId }) },
  leaveGroups: { input: ({ userId }, { plainGroup }) => ({ groups: [{ groupId: plainGroup }], userId }) },
  liftBlock: [ofUser(), { input: ({ blockId }) => ({ blockId }) }],
  liftResendBlocks: ofUser(),
  linkExternalAccount: ofUser(link),
  moveCredential: { input: ({ credentialId }) => ({ credentialId }) },
  promoteUser: ofUser(),
  provisionGroup: { input: ({ userId }) => ({ name: `g${newId()}`, members: [userId] }) },
  regenerateApiKey: { input: ({ apiKeyId }) => ({ apiKeyId }) },
  removeCredential: { input: ({ credentialId }) => ({ credentialId }) },
  removeDevice: ofUser({ deviceId: 'dv' }),
  removeGroupMember: { input: ({ userId }, { plainGroup }) => ({ groupId: plainGroup, userId }) },
  nestGroups: { input: ({ groupId }, { plainGroup }) => ({ groupId: plainGroup, nestedGroupIds: [groupId] }) },
  removeGroupMembers: { input: ({ userId }, { plainGroup }) => ({ groupId: plainGroup, userIds: [userId] }) },
  removeLinkedApp: ofUser({ clientId: 'none' }),
  removeRecoveryCodes: ofUser(),
  removeCredentials: ofUser({ type: 'TOTP' }),
  removeScopeRoles: {
    input: ({ clientId }, { plainRole }) => ({ clientId, roles: [{ roleId: plainRole }] }),
  },
  removeSecurityQuestion: ofUser(),
  renameCredential: { input: ({ credentialId }) => ({ credentialId, label: 'Mine' }) },
  replacePassword: ofUser({ newPassword: 'four-lanterns-by-noon' }),
  resetUserSessions: ofUser(),
  revokeConsent: ofUser({ clientId: 'none' }),
  revokeRequiredActions: ofUser({ actions: ['VERIFY_EMAIL'] }),
  revokeRights: { input: rightOn(({ userId }) => ({ userId })) },
  revokeRole: [
    { input: ({ userId }, { plainRole }) => ({ roleId: plainRole, userId }) },
    { input: ({ clientId }, { plainRole }) => ({ roleId: plainRole, clientId }) },
    { input: ({ groupId }, { plainRole }) => ({ roleId: plainRole, groupId }) },
  ],
  revokeRoles: { input: ({ userId }, { plainRole }) => ({ roles: [{ roleId: plainRole }], userId }) },
  revokeSession: { input: ({ sessionId }) => ({ sessionId }) },
  revokeUserSessions: ofUser(),
  rotateClientSecret: [
    { input: ({ clientId }) => ({ clientId }) },
    { input: ({ clientId }) => ({ clientId, kind: 'REST' }) },
  ],
  sendActionsLink: ofUser({ actions: ['UPDATE_PASSWORD'] }),
  setPassword: ofUser({ password: 'four-lanterns-by-noon' }),
  setSecurityQuestion: ofUser({ question: 'Q?', answer: 'A' }),
  setUserEnabled: ofUser({ isEnabled: false }),
  unlinkExternalAccount: ofUser(link),
  unlinkProvider: ofUser({ providerName: 'vk_1' }),
  updateAuthModes: [
    ofUser({ needPasswordChange: true }),
    ofUser({ requiredFactor: null, methodsLocked: ['password'] }),
  ],
  updateClient: [
    { input: ({ clientId }) => ({ clientId, redirects: [{ uri: 'https://evil.example/cb' }] }) },
    { input: ({ clientId }) => ({ clientId, secret: 'known to the caller' }) },
  ],
  unnestGroups: { input: ({ groupId }, { plainGroup }) => ({ groupId: plainGroup, nestedGroupIds: [groupId] }) },
  updateGroup: { input: ({ groupId }) => ({ groupId, name: `g${newId()}` }) },
  updateProtocolMapper: { input: ({ clientId, mapperId }) => ({ clientId, mapperId, name: `m${newId()}` }) },
  updateUser: ofUser({ email: 'evil@example.com' }),
  updateUserAddress: {
    input: ({ userId, addressId }) => ({ userId, userAddressId: addressId, address: { city: 'Kiel' } }),
  },
  updateUserProperties: ofUser({ add: { a: 1 } }),
};

/** Mutations that change no existing account, each with the reason. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  addPasskey: "adds to the caller's own account alone",
  beginPasskeyRegistration: "begins to add to the caller's own account alone",
  beginPasskeySignIn: 'shows what a browser signs in with, the same in kind for every name',
  signInWithPasskey: 'takes a response that the passkey of the account signed; tries are counted',
  addDefaultGroup: 'concerns new users; what they then get must be held',
  bindTenantHost: 'takes a permission for all tenants',
  changePassword: "changes the caller's own account alone",
  changeOwnImage: "changes the caller's own account alone",
  confirmEmail: 'takes a code that was mailed to the address, for its account alone',
  registerWithImage: 'makes an account that nobody has yet, with what the tenant gives everybody',
  requestEmailChange: "mails a code to another address of the caller's own account",
  requestImageChallenge: 'changes no account',
  requestImageReset: 'mails a code to the owner of the account alone',
  requestOwnImageChallenge: 'changes no account',
  resetImage: 'takes a code that was mailed to the owner of the account',
  signInWithImage: 'takes a proof of the image of the account',
  createApiKey: 'makes a key of the caller, as far as the caller holds what its scopes mean',
  checkSecurityAnswer: 'compares an answer; tries are counted',
  completeAccountLinking: 'takes what a browser brought back, and links nothing before its user was asked',
  decideAccountLinking: 'links to the account that is signed in in the browser, whose user has decided',
  openAccountLinking: 'asks the user who is signed in in the browser',
  confirmQrSignIn: 'signs the caller in, and nobody else',
  authorize: 'gives an application a code of the user whose browser it is, as far as this user agreed',
  openAccountPage: 'leads the user of the browser to a page or to a sign-in',
  issueAccountToken: 'gives the page of the user who is signed in a token for this account alone',
  authorizeRegistration: 'leads to pages on which somebody makes a new account',
  beginRegistration: 'shows another step before an account is proved',
  leaveRegistration: 'shows another step before an account is proved',
  submitRegistration: 'makes an account that nobody has yet, with what the tenant gives everybody',
  importRows: 'writes by the services of each noun, which refuse it wholly (test/schema/imports)',
  importRealm: 'writes by the services of each noun, which refuse it row by row (test/src/imports)',
  beginPasswordReset: 'shows another step before an account is proved',
  leavePasswordReset: 'shows another step before an account is proved',
  submitTerms: 'notes the answer of the user who is signing in, to the terms of the tenant',
  requestPasswordReset: 'mails a code to the owner of the account alone',
  submitPasswordResetCode: 'takes the code that was mailed to the owner of the account',
  removeDefaultGroup: 'concerns new users alone',
  requestExternalFactor: 'keeps a request for a minute, which names a user by an ID token of another service',
  beginExternalFactor: 'begins a sign-in to the account that the ID token of another service names',
  redeemSignInTicket: 'acts for a user who proves the account in the same browser',
  resumeExternalFactor: 'goes on with a sign-in in its browser',
  answerExternalFactor: 'tells another service of a user who has just proved the account in this browser',
  resumeAuthorization: 'gives an application a code of the user whose browser it is, as far as this user agreed',
  confirmSignOut: 'ends the session of the browser alone, whose user has decided',
  continueSignUp: 'proves the contacts of an account by codes that were sent to them',
  createClient: 'nobody is it yet; what it is given must be held, its secrets included',
  createClientScope: 'no client has it yet; what its name gives must be held',
  createFederationProvider: 'nobody is linked to it yet',
  createInitialAccessToken: 'clients that register themselves hold nothing',
  discoverFederationProvider: 'changes nothing',
  reloadFederationProvider: 'changes nothing that is stored',
  createGroup: 'nobody is in it yet',
  createResourceServer: 'nobody is it yet, and an administrator shows the password',
  createRiskbit: 'is about devices',
  createRiskbits: 'is about devices',
  createRole: 'nobody holds it yet; what it is given must be held',
  createTenant: 'nobody is in it yet',
  createUser: 'the account holds nothing yet',
  createUsers: 'nobody is one of them yet; what they are given must be held',
  deleteAllRiskbits: 'is about devices',
  deleteClientScope: 'what it gives must be held, and its clients are guarded (test/schema/clients)',
  deleteInitialAccessToken: 'concerns no account',
  deleteRegisteredClient: 'acts for the client whose token is shown, while it holds nothing',
  deleteFederationProvider: 'removes a way to sign in for all accounts alike, and has a separate permission',
  deleteRiskbit: 'is about devices',
  deleteRole: 'takes powers from its holders, and makes nobody one of them',
  deleteTenant: 'takes a permission for all tenants',
  deleteUsers: 'tells in its results whom it refused (test/src/flows/end-access/delete-many.test.ts)',
  endCallerSession: 'ends the session of the caller alone',
  endSession: 'ends the session of the browser alone, whose ID token is shown',
  issueTokens: 'gives tokens for the credential that is shown',
  keepPostedRequest: 'keeps a request for a minute, which its endpoint judges',
  provisionTenant: 'nobody is in it yet',
  provisionUser: 'nobody is it yet; what it is given must be held',
  refuseQrSignIn: 'sends a browser away',
  registerClient: 'nobody is it yet, and it is given nothing',
  resendSignUpCode: 'sends a code to the contact of the account',
  revokeToken: 'ends the token that is shown',
  pushNotBefore: 'sends a moment to applications, and changes nothing',
  rotateSigningKey: 'shows the key to nobody',
  rotateAgreementKey: 'shows its public half alone',
  signUp: 'the account holds nothing yet',
  updateClientScope:
    'what the name gives must be held, and its clients are guarded; claims of mappers say nothing of who a token is for',
  updateFederationProvider: 'changes a way to sign in for all accounts alike, and has a separate permission',
  updateRegisteredClient: 'acts for the client whose token is shown, while it holds nothing',
  updateRiskbit: 'is about devices',
  updateRole: 'what is added must be held; who holds the role does not change',
  unbindTenantHost: 'takes a permission for all tenants',
  updateTenant: 'concerns all accounts alike, and has a separate permission',
  updateExtraSettings: 'concerns no account',
  configureTenant: 'changes a user as updateUser and setPassword do, with what those take',
  updateTenantSettings: 'concerns all accounts alike, and has a separate permission',
  addRequiredAction: 'concerns all accounts alike, as settings do',
  updateRequiredAction: 'concerns all accounts alike, as settings do',
  removeRequiredAction: 'concerns all accounts alike, as settings do',
  hideEvents: 'concerns no account',
  removeTenantTexts: 'concerns all accounts alike, as settings do',
  setUserProfile: 'concerns all accounts alike, as settings do',
  setTenantText: 'concerns all accounts alike, as settings do',
  moveRequiredAction: 'concerns all accounts alike, as settings do',
  revokeTenantSessions: 'leaves out accounts that may do more than the caller',
  verifyDeviceRisk: 'is about devices',
  beginFactorEnrolment: 'acts for a user who proves the account in the same browser',
  cancelInteraction: 'ends a sign-in of the same browser',
  postSignOut: 'ends the session of a token that the caller has, with the credentials of its client',
  chooseAccount: 'acts for a user who proves the account in the same browser',
  sendAccountMail: 'changes nothing',
  sendTestMail: 'changes nothing',
  sendSignInLink: 'names an account by its address, and is refused as sendActionsLink (mailed-link.resolver.test.ts)',
  useMailedLink: 'acts for the owner of the account, to whom the link was mailed',
  resumeMailedLink: 'leads the browser on whose user proved the account',
  sendEmailCode: 'acts for a user who proves the account in the same browser',
  submitConsent: 'acts for a user who proves the account in the same browser',
  submitEmailCode: 'acts for a user who proves the account in the same browser',
  submitFactor: 'acts for a user who proves the account in the same browser',
  requestFactorPasskey: 'changes nothing',
  submitFactorPasskey: 'acts for a user who proves the account in the same browser',
  requestKeyEnrolment: 'changes nothing',
  submitKeyEnrolment: 'acts for a user who proves the account in the same browser',
  submitFactorEnrolment: 'acts for a user who proves the account in the same browser',
  submitNewPassword: 'acts for a user who proves the account in the same browser',
  submitPassword: 'acts for a user who proves the account in the same browser',
  submitSignInTicket: 'acts for a user who proves the account in the same browser',
};

const CASES = Object.entries(WRITES).flatMap(([name, writes]) =>
  [writes].flat().map((write, at) => [`${name} (${at + 1})`, name, write] as const),
);

/** A tenant with the objects that the mutations of the table name, and their callers. */
class Scene {
  readonly world: World;
  readonly tenant: TenantRef;
  /** A caller with every permission in the tenant except `key:rotate`. */
  readonly app: Caller;
  readonly #plain: Plain;
  /** A caller with the right to change the passwords of the targets. */
  readonly #parent: Caller;

  private constructor(world: World, tenant: TenantRef, plain: Plain) {
    const scopes = everyPermission('tenant').map(formatScope);
    this.world = world;
    this.tenant = tenant;
    this.app = world.app(tenant, ...scopes.filter((scope) => scope !== 'key:rotate'));
    this.#plain = plain;
    this.#parent = world.user(tenant, plain.plainUser, 'dependent-password:change:self');
  }

  static async open(world: World, tenant: TenantRef): Promise<Scene> {
    await world.newProvider(tenant, { type: 'vk', name: 'vk_1' });
    const plainUser = (await world.newUser(tenant)).id;
    return new Scene(world, tenant, {
      plainUser,
      plainGroup: (await world.newGroup(tenant)).id,
      plainRole: (await world.newRole(tenant)).id,
    });
  }

  async newTarget(): Promise<Target> {
    const { world, tenant } = this;
    const { id: userId } = await world.newUser(tenant);
    const system = world.system(tenant);
    await world.services.rights.grant(system, [
      {
        subject: { kind: 'user', id: this.#plain.plainUser },
        object: { kind: 'user', id: userId },
        names: ['change_password'],
      },
    ]);
    const { client } = await world.newClient(tenant);
    const mapper = { name: 'one', type: 'oidc-one-mapper' };
    const { client: mapped } = await world.services.mappers.add(system, { clientUuid: client.id }, [mapper]);
    const group = await world.newGroup(tenant);
    const { session } = await world.signedIn(tenant, userId);
    const credential = await world.giveTotp(tenant, userId);
    const address = await world.services.userAddresses.add(system, userId, { city: 'Riga' });
    const { apiKey } = await world.newApiKey(tenant, userId, 'USER:READ');
    const attempt = { tenant, factor: 'first', userId, name: userId, peerIp: null, knownDeviceId: null } as const;
    for (let i = 0; i < 10; i++) await world.services.lockouts.fail(attempt, this.app);
    const BLOCKS = 'query ($userId: ID!) { blocks(filter: { userId: $userId }) { nodes { id } } }';
    const { data, errors } = await world.graphql(world.app(tenant, 'block:read'), BLOCKS, { userId });
    expect(errors).toEqual([]);
    return {
      userId,
      clientId: client.id,
      groupId: group.id,
      sessionId: session.id,
      credentialId: credential.id,
      addressId: address.id,
      blockId: data.blocks.nodes[0].id,
      mapperId: mapped!.mappers[0]!.id,
      apiKeyId: apiKey.id,
    };
  }

  /** A target whose user, client and group have a role. */
  async newHolder(...permissions: string[]): Promise<Target> {
    const target = await this.newTarget();
    const role = await this.world.newRole(this.tenant, { permissions });
    for (const [holderKind, holderId] of [
      ['user', target.userId],
      ['client', target.clientId],
      ['group', target.groupId],
    ] as const)
      await this.world.grantRole(this.tenant, { roleId: role.id, holderKind, holderId });
    return target;
  }

  async run(name: string, { input, as }: Write, target: Target) {
    const [argument] = (await testGraph()).getMutationType()!.getFields()[name]!.args;
    expect([argument?.name, isNonNullType(argument?.type)]).toEqual(['input', true]);
    const document = `mutation ($input: ${argument!.type}) { ${name}(input: $input) { __typename } }`;
    const caller = as === 'user' ? this.#parent : this.app;
    return this.world.graphql(caller, document, { input: input(target, this.#plain) });
  }

  readSecret({ clientId }: Target) {
    return this.world.graphql(this.app, 'query ($id: ID!) { clientSecret(clientId: $id) }', { id: clientId });
  }
}

let world: World;
beforeAll(async () => {
  world = await World.open();
});
afterAll(() => world.close());

describe('takeover inside a tenant', () => {
  let scene: Scene;
  let strong: Target;
  beforeAll(async () => {
    scene = await Scene.open(world, await world.tenant());
    strong = await scene.newHolder('key:rotate');
  });

  it.each(CASES)('%s is refused for an account with more permissions, and changes nothing', async (_, name, write) => {
    const before = (await world.events(scene.tenant)).length;
    expect((await scene.run(name, write, strong)).code).toBe('FORBIDDEN');
    expect(await world.events(scene.tenant)).toHaveLength(before);
  });

  it.each(CASES)('%s is allowed for accounts without roles', async (_, name, write) => {
    const { code } = await scene.run(name, write, await scene.newTarget());
    expect(['FORBIDDEN', 'ACCOUNT_GUARDED', 'INTERNAL_ERROR']).not.toContain(code);
  });

  it('treats reading a secret like getting the permissions of its client', async () => {
    expect((await scene.readSecret(strong)).code).toBe('FORBIDDEN');
    expect((await scene.readSecret(await scene.newTarget())).errors).toEqual([]);
  });

  it('has every mutation in the table, or a reason why not', async () => {
    const mutations = Object.keys((await testGraph()).getMutationType()!.getFields());
    const known = [...Object.keys(WRITES), ...Object.keys(ELSEWHERE)];
    expect(known.sort()).toEqual(mutations.sort());
  });
});

describe('an account with permissions in all tenants', () => {
  let scene: Scene;
  let guarded: Target;
  beforeAll(async () => {
    scene = await Scene.open(world, await world.tenant({ name: 'master' }));
    guarded = await scene.newHolder('user:read:all');
  });

  it.each(CASES)('%s is refused to callers of one tenant, and changes nothing', async (_, name, write) => {
    const before = (await world.events(scene.tenant)).length;
    expect((await scene.run(name, write, guarded)).code).toBe('ACCOUNT_GUARDED');
    expect(await world.events(scene.tenant)).toHaveLength(before);
  });

  it('shows its secret to no caller of one tenant', async () => {
    expect((await scene.readSecret(guarded)).code).toBe('ACCOUNT_GUARDED');
  });
});
