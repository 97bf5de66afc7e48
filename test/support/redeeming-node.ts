/**
 * A node that redeems authorization codes as a separate process, for tests that kill it. Prints `{"redeemed": code}` for each
 * code once its tokens are issued, and `{"done":true}` at the end. Its argument is `RedeemingNodeInput` as JSON.
 */
import { MasterKey } from '../../src/crypto/index.ts';
import { ENTITIES } from '../../src/modules.ts';
import { Database } from '../../src/persistence/index.ts';
import { createRegistry } from '../../src/server/registry/index.ts';
import { TestClock } from './clock.ts';
import { newMailboxes } from './mailbox.ts';

export interface RedeemingNodeInput {
  readonly url: string;
  readonly masterKey: string;
  readonly tenantId: string;
  /** A public client. */
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codes: readonly string[];
}

const WORKERS = 4;
const ORIGIN = {
  ip: null,
  peerIp: null,
  userAgent: null,
  api: 'oauth',
  processId: '6b1f0f0e-3c55-4a3c-9a35-0b8c2b8e1d12',
};

async function main({ url, masterKey, tenantId, clientId, redirectUri, codes }: RedeemingNodeInput): Promise<void> {
  const db = await Database.open({ location: { kind: 'server', url, poolMax: WORKERS }, entities: ENTITIES });
  const { services } = createRegistry({
    db,
    clock: new TestClock(),
    masterKey: MasterKey.fromText(masterKey),
    publicUrl: 'https://id.example.com',
    defaultTenant: 'master',
    transports: newMailboxes(),
    allowLoopbackHttp: true,
  });
  await services.eventEngine.start();
  const tenant = (await services.directory.byId(tenantId))!;
  const readings = [{ clientId, secret: null, method: 'None' } as const];
  const found = await services.oauth.authenticator.authenticateClient(tenant, readings, ORIGIN as never);
  if ('refused' in found) throw new Error(found.refused);
  const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
  const redeem = async (code: string): Promise<void> => {
    const values = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    const parameters = Object.entries(values).map(([name, value]) => ({ name, values: [value] }));
    await services.oauth.tokens.issue({ caller: found.caller, tenant, issuerKind: 'native', parameters });
    say({ redeemed: code });
  };
  const work = async (worker: number): Promise<void> => {
    for (let at = worker; at < codes.length; at += WORKERS) await redeem(codes[at]!);
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  say({ done: true });
  await services.eventEngine.stop();
  await db.close();
}

await main(JSON.parse(process.argv[2]!) as RedeemingNodeInput);
