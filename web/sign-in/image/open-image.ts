import type { Flow, Outcome, StepOf } from '../flow.ts';
import { ask } from '../graph.ts';
import { ImageProofDemands } from '../operations.generated.ts';
import { loadImageParts } from './load-parts.ts';

/** Shows the sign-in with an image. */
export const openImage = ({ tenant, perform }: Flow, step: StepOf<'PasswordStep'>): Promise<void> =>
  perform(() => open(tenant?.name ?? '', step));

async function open(tenant: string, step: StepOf<'PasswordStep'>): Promise<Outcome> {
  const [parts, demands] = await Promise.all([loadImageParts(), ask(ImageProofDemands, { tenant })]);
  if ('refusal' in parts) return parts;
  if ('refusal' in demands) return demands;
  return { branch: parts.data.createWays(tenant, step, demands.data.imageProofDemands).signIn() };
}
