import { checkJson } from '../checks.ts';
import { jsonHeaders } from '../fixtures.ts';
import { overHttp } from '../http-contender.ts';
import { CHALLENGE, CHALLENGE_ID, PROOF } from '../image-answers.ts';
import { type ImageUser, imagePath, makeImageUsers } from '../image-users.ts';
import type { PlannedRequest } from '../load-protocol.ts';
import { inLoop } from '../loop-contender.ts';
import type { BenchRow } from '../row.ts';

/** Fewer than the challenges of one address that live at the same time. */
const CONNECTIONS = 16;
const WARM_UP = 2_000;

/** A sign-in: a challenge, and the proof that answers it. */
function signIn({ cipherKey, ...prover }: ImageUser): PlannedRequest {
  const { requestId, username } = prover;
  const post = (name: string, body: object) => ({
    method: 'POST' as const,
    path: imagePath(name, requestId),
    headers: jsonHeaders(null),
    body: JSON.stringify({ username, cipherKey, ...body }),
  });
  return {
    ...post('challenge', {}),
    picks: [{ name: CHALLENGE, after: '"challenge_data":"', until: '"' }],
    further: [{ ...post('authenticate', { challenge_id: CHALLENGE_ID, challenge_data: PROOF }), prover }],
  };
}

/** The peer is the arithmetic alone, which bounds the rate of any such sign-in. */
const imageSignIn: BenchRow = {
  key: 'image-sign-in',
  title: 'sign-in by an image, Secrets Vault: challenge, then proof for a ticket',
  servers: ['idgraph'],
  async prepare(world) {
    const subject = await world.server('idgraph');
    const users = await makeImageUsers(world);
    return [
      overHttp(world, {
        name: 'idgraph',
        subject,
        plan: { requests: users.map(signIn), connections: CONNECTIONS, isPartitioned: true },
        check: checkJson('Not a ticket', ({ nonce }) => typeof nonce === 'string'),
        warmUp: WARM_UP,
      }),
      inLoop(world, {
        name: 'the arithmetic alone',
        script: './image-arithmetic-process.js',
        command: {},
        backends: null,
      }),
    ];
  },
};

export const IMAGE_ROWS = { imageSignIn };
