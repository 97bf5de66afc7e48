import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHALLENGE, CHALLENGE_ID, PROOF } from '../../bench/image-answers.ts';
import type { LoadCommand, LoadReply, LoadStep } from '../../bench/load-protocol.ts';
import type { LoopResult } from '../../bench/loop.ts';
import { verifyProof } from '../../src/auth-modes/image-proof/proof.ts';
import { loadRistretto255 } from '../../src/auth-modes/image-proof/ristretto.ts';
import {
  challengeText,
  newChallenge,
  openEnvelope,
  proofActs,
  provedChallenge,
  readCipherKey,
  readMessage,
  type ServiceKey,
  sealEnvelope,
} from '../../src/auth-modes/index.ts';
import { createAgreementKey, openDecrypter, Sealer } from '../../src/crypto/index.ts';
import { ImageProofClient, newSecret } from '../support/image-proof.ts';
import { BenchProcess } from './bench-process.ts';

const AUDIENCE = 'https://id.example.com/api/oidc/acme';
const OWNER = { username: 'ada', requestId: 'request', session: null };

describe('loads that sign in by an image', () => {
  const generator = new BenchProcess<LoadCommand, LoadReply>('load-process.ts');
  const arithmetic = new BenchProcess<{ readonly seconds: number }, LoopResult>('image-arithmetic-process.ts');
  const secret = newSecret();
  let client: ImageProofClient;
  let server: Server;
  /** Whether each proof was right. */
  const verified: boolean[] = [];

  beforeAll(async () => {
    client = await ImageProofClient.create();
    const group = await loadRistretto255();
    const sealer = Sealer.under(randomBytes(32));
    const stored = await createAgreementKey(sealer, 'test', new Date());
    const decrypter = openDecrypter(stored, sealer, 'test');
    const key = readCipherKey(client.cipherKey)!;
    const challenge = newChallenge(OWNER, key);
    const issued = { salt: randomBytes(16), issuedAt: new Date(), key: stored.publicJwk as unknown as ServiceKey };
    const sealed = await sealEnvelope('sv-zkp-challenge', challengeText(challenge, issued), key);
    const isRight = async (id: string, proof: string): Promise<boolean> => {
      const message = readMessage((await openEnvelope(decrypter, 'sv-zkp-response', proof))!, 'authenticate')!;
      return (
        id === challenge.id &&
        verifyProof(group, secret.commitment, message.proof, {
          identity: { tenant: 'acme', username: 'ada' },
          act: proofActs.authenticate(OWNER.requestId),
          audience: AUDIENCE,
          challenge: provedChallenge(challenge.id, challenge.record),
        })
      );
    };
    server = createServer(async (request, response) => {
      const [id, proof] = (await text(request)).split(' ');
      if (request.url === '/prove') verified.push(await isRight(id!, proof!));
      response.end(`"${request.url === '/wrong' ? 'x' : sealed}"`);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(async () => {
    await generator.end();
    await arithmetic.end();
    server.close();
  });

  async function run(path: string): Promise<LoadReply> {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { privateJwk } = client;
    const prover = { tenant: 'acme', username: 'ada', requestId: 'request', audience: AUDIENCE, secret, privateJwk };
    const first: LoadStep = { method: 'GET', path, picks: [{ name: CHALLENGE, after: '"', until: '"' }] };
    const prove: LoadStep = { method: 'POST', path: '/prove', body: `${CHALLENGE_ID} ${PROOF}`, prover };
    const plan = { url, connections: 1, requests: [{ ...first, further: [prove] }] };
    await generator.ask({ kind: 'open', load: 1, plan });
    const reply = await generator.ask({ kind: 'burst', load: 1, options: { requests: 2, keepEvery: 2 } });
    await generator.ask({ kind: 'close', load: 1 });
    return reply;
  }

  it('answer each challenge with a right proof', async () => {
    expect(await run('/challenge')).toMatchObject({ result: { requests: 2 } });
    expect(verified).toEqual([true, true]);
  });

  it('fail at what is no challenge for their key', async () => {
    expect(await run('/wrong')).toMatchObject({ fault: expect.stringContaining('Invalid Compact JWE') });
  });

  it('stand beside the arithmetic alone', async () => {
    expect((await arithmetic.ask({ seconds: 0.05 })).units).toBeGreaterThan(0);
  });
});
