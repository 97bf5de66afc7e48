import { createGuardrails, generateSync } from 'otplib';

const guardrails = createGuardrails({ MIN_SECRET_BYTES: 10 });

/** The code that an authenticator app with this secret shows at a moment. */
export const totpCode = (secret: string, now: Date): string =>
  generateSync({ secret, epoch: Math.floor(now.getTime() / 1000), guardrails });

/** Six digits that no step around a moment has. */
export function wrongTotpCode(secret: string, now: Date): string {
  const right = [-30, 0, 30].map((late) => totpCode(secret, new Date(now.getTime() + late * 1000)));
  return ['000000', '111111', '222222', '333333'].find((code) => !right.includes(code))!;
}
