import { TransportError } from '../../../web/zero-knowledge/transport-error.ts';
import { PureService } from '../zero-knowledge/pure-service.ts';
import type { Answers, PageServer } from './page-server.ts';
import { DEMANDS } from './screens.ts';

interface Input<Method extends 'askChallenge' | 'register' | 'authenticate' | 'change' | 'updateEmail'> {
  readonly input: Parameters<PureService[Method]>[0];
}

/** The part of the service that has no state, at the graph of a server of pages. */
export class ImageService {
  readonly pure: PureService;
  readonly #server: PageServer;

  constructor(server: PageServer) {
    this.#server = server;
    this.pure = new PureService(`${server.url}/t/acme`);
  }

  /** @param over Fields that answer otherwise. */
  answers(over: Answers = {}): Answers {
    const { pure } = this;
    return {
      imageProofDemands: () => DEMANDS,
      requestImageChallenge: ({ input }: Input<'askChallenge'>) => pure.askChallenge(input),
      requestOwnImageChallenge: ({ input }: { readonly input: { readonly cipherKey: string } }) =>
        pure.askOwnChallenge(input.cipherKey),
      signInWithImage: ({ input }: Input<'authenticate'>) =>
        this.#take(async () => {
          const { nonce } = await pure.authenticate(input);
          return { ticket: nonce, isEmailConfirmationNeeded: false };
        }),
      registerWithImage: ({ input }: Input<'register'>) =>
        this.#take(async () => {
          await pure.register(input);
          return { subject: 'u1' };
        }),
      changeOwnImage: ({ input }: Input<'change'>) =>
        this.#take(async () => {
          await pure.change(input);
          return { isChanged: true };
        }),
      requestEmailChange: ({ input }: Input<'updateEmail'>) =>
        this.#take(async () => {
          await pure.updateEmail(input);
          return { isAccepted: true };
        }),
      ...over,
    } as Answers;
  }

  async #take<Result>(task: () => Promise<Result>): Promise<Result> {
    try {
      return await task();
    } catch (error) {
      if (error instanceof TransportError) return this.#server.refuse('IMAGE_PROOF_REFUSED');
      throw error;
    }
  }
}
