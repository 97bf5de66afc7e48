export { EndAccessFlow } from './end-access.flow.ts';
export type { LinkedApp } from './linked-apps.ts';
