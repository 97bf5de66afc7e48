import type { JWK } from 'jose';
import type { ProofChallenge, ProofIdentity } from '../../../../src/auth-modes/image-proof/transcript.ts';

export const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
const range = (first: number, count: number): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, at) => first + at));

/** Inputs and values of the test vectors. The keys are those of RFC 7518 appendix C. */
export const IDENTITY: ProofIdentity = { tenant: 'acme', username: 'alice.test' };
export const USERNAME = 'Alice.Test';
export const EMAIL = 'alice@example.com';
export const REQUEST_ID = 'req-123';
export const AUDIENCE = 'https://idp.example/api/oidc/acme';
export const IMAGE = range(0, 256);
export const SALT_KEY = range(0x00, 32);
export const FAKE_KEY = range(0x40, 32);
export const ISSUED_AT = new Date('2026-01-01T00:00:00Z');

export const CLIENT_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0',
  y: 'SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps',
  d: '0_NxaRPUMQoAJt50Gz8YiTr8gRTwyEaCumd-MToTmIo',
} as const satisfies JWK;
export const SERVER_KID = 'Vy57XrArUrW0NbpI12tEzDHABxMwrTh6HHXRenSpnCo';
export const SERVER_KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ',
  y: 'e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck',
  d: 'VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw',
} as const satisfies JWK;

export const CIPHER_KEY =
  'eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImdJMEdBSUxCZHU3VDUzYWtyRm1NeUdjc0YzbjVkTzdNbXdOQkhLVzVT' +
  'VjAiLCJ5IjoiU0xXX3hTZmZ6bFBXckhFVkkzMERITV80ZWdWd3QzTlFxZVVEN25NRnBwcyJ9';
export const THUMBPRINT = hex('fc62b4afa182a09b7dcdcb2c83d95acb8a1b231802ab4e67b624729911c00d25');
export const CHALLENGE_ID = 'EBESExQVFhcYGRobHB0eHw';
export const CHALLENGE_NONCE = 'ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8';
export const CHALLENGE: ProofChallenge = { id: range(0x10, 16), nonce: range(0x20, 32), thumbprint: THUMBPRINT };

export const SALT = hex('c9b2e9ee7763941f847d54b1e66cdedb');
export const IMG = hex(`afbb00824669c4bea96c3dd717457141c7cddf8bd22d0f2f266ef13e24e0fa99
  b9b6b022682d0462012575bd93d7063e8609d63410764979421c24a33a7572e0`);
export const TAG = hex(`8731b943c4f95ab5aa0122dc2f9bcc2d029a435041c32a16576e25f6be4f2d61
  0b5014fa28c3281bac1fba64d55ca588f7666b444ac76cfb56f4151e2c333728`);
export const X = hex('6074f58a3b5c1e6cb486cd01bbc6702f66c8bffff70b300f8a82c0efaaed5004');
export const Y = hex('7ccc7a5f0e011d93738742c7a39c749759a4433eb40e3cfb3d24ad79ded8b95a');

/** Secrets of the other parts beside the image. */
export const OTHER_SECRETS = [
  {
    factor: 'PATTERN:3:00-01-02-05-08',
    x: '929be5100a8cc2598fee2efd593d363dafb070d86905624822c00f2e72a91a03',
    Y: '7abe46a350fde6af248b91f0505a30d55a6433bcc14b819429c75da0e86a6c79',
  },
  {
    factor: 'NONE',
    x: 'dac8d793ec9d298cd08a53ee192b59627fd2708c2e629fb1c62d3db8cabe6800',
    Y: 'b4e5f85c6c9a0c502aa0fbec1ee7ab9ea25d18429337cce6c6077ed03c80472f',
  },
] as const;

export const UNKNOWN: ProofIdentity = { tenant: 'acme', username: 'nobody' };
export const FAKE_Y = hex('fe8435bcda477a38d081ffaacbf2e74eba223a70460b1943365d6ae7c1008f61');

/** Proofs of the secret with the PIN. */
export const PROOFS = {
  authenticate: {
    bind: hex('45d1b0780c5c2a9fdaa86e2a5a762ce004fdc9f5bb6fc95ee061cb070ccabdc5'),
    v: hex('7e3d427420028cc623fd4fd3769ddff9c5a363c3f5282e64f568a311e8cdb606'),
    V: hex('2042904554f243a34e71f2e538353add37d4eea7746d5bcb875bb16756d32042'),
    c: hex('489adf07513af1063a683fca399cf2790af77658fd0f76d567aeeb71c89e9a03'),
    r: hex('257af12f22a98146873fa45cc7dadf699da49f712b8af4d051e59edf9053a30c'),
    length: 337,
    sha256: 'af78a92e6d0ed40d5c5d83ee8ed1274c9b57aa2858ddc74d3bf0dbd45d24f567',
  },
  register: {
    bind: hex('e639b14c572730f0a7d7865b44ff9102ccde225a272fd18273bf53a7147704a0'),
    v: hex('da74fecb786aa9792dd6761f1a422bdded8c00b92cbe2ff20d690c9acf11b509'),
    V: hex('00f3ba1ad045e8240ce37363ad30fc9f37f32000a34a7589035fde544ccd5d70'),
    c: hex('1262a226edf67128c053a582ff00e0d1d8349459355a7c363c31d047c8e5af04'),
    r: hex('bb0a56d0b580d855c1278dc96f2151e2a33082a20beea19794c4db3163d0b00b'),
    length: 333,
    sha256: 'cbaed6902f138d2c70b7855c9e6648521276e01fc1d479a8988534071de7510c',
  },
} as const;

export const AUTHENTICATE_TRANSCRIPT = hex(`
  0000000e73762d7a6b702f312f70726f6f6600000020e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76
  000000202042904554f243a34e71f2e538353add37d4eea7746d5bcb875bb16756d32042000000207ccc7a5f0e011d93738742c7a39c
  749759a4433eb40e3cfb3d24ad79ded8b95a000000160000000461636d650000000a616c6963652e74657374000000b50000000c6175
  7468656e7469636174650000002168747470733a2f2f6964702e6578616d706c652f6170692f6f6964632f61636d6500000010101112
  131415161718191a1b1c1d1e1f00000020202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f00000020fc
  62b4afa182a09b7dcdcb2c83d95acb8a1b231802ab4e67b624729911c00d250000002045d1b0780c5c2a9fdaa86e2a5a762ce004fdc9
  f5bb6fc95ee061cb070ccabdc5`);

/** Messages that another implementation encrypted. */
export const CHALLENGE_JWE =
  'eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsInR5cCI6InN2LXprcC1jaGFsbGVuZ2UiLCJraWQiOiJfR0swcjZHQ29KdDl6Y3Nz' +
  'ZzlsYXk0b2JJeGdDcTA1bnRpUnltUkhBRFNVIiwiZXBrIjp7IngiOiJWWVB4WFBOMTAzLXI2WmhMSWtxTnZrUlYyeTR4ekVlMWhHSFpEaS1r' +
  'bi1JIiwiY3J2IjoiUC0yNTYiLCJrdHkiOiJFQyIsInkiOiJ5ank3UnFQV2tBMF9zWkdacmU4eE9WaWF0S3E0S3JnQllsemF2WUxTZGxVIn19' +
  '..HVW_B5fYQoLBfDGC.XbFEugX6SRk3IToZYW2R35m9OwGIhyOvOZZz1KtFzP41GC4PeRzCboEE0yugsy77qLbBNZe8bkkYly2Qub_0ZIn0x' +
  'a0Xn34DCA8P7_acDvQ0JRiqIrGaYXm3E9lvhtUsm9bTcHGMeInZ-T6xTESamFVi5rd1VuVfveX1mTH6CSP0EXnhfHzGkw5vCJWtDwT2hdih5' +
  'cmzo6cYABvZtUAVnCaqya4waTMoDZrhA8mYcUTHfxpZwE-Hf2-J9Fq0A9HiBbAm0quWkJMcdMCZ0-6mMuFqLb2JrYRDLm1YLiLgOWZQWqOOL' +
  'hDi7-pW7Zw4N8LoE9VxUPh_XSy_dBdBl1mgFfNn-QWDT-5MCPfuRSvc0-BeGe8otXuyw27wQcWL2jxviXJBar4GY3eN_WxJjlV9fUn7Q93rR' +
  'BGeW8CobXUgf-ADhFat46CyelXKWfgwGrb78KZj7NhfAGQHsms.yuRZKCCAsFozf9kdCYqHyA';

export const CHALLENGE_TEXT =
  '{"v":"sv-zkp/1","id":"EBESExQVFhcYGRobHB0eHw","n":"ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8","salt":"ybLp7ndjlB-EfVSx5mze2w","iat":1767225600,"exp":1767225720,"srv":{"crv":"P-256","kty":"EC","x":"weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ","y":"e8lnCO-AlStT-NJVX-crhB7QRYhiix03illJOVAOyck","kid":"Vy57XrArUrW0NbpI12tEzDHABxMwrTh6HHXRenSpnCo"}}';

export const RESPONSE_JWE =
  'eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsInR5cCI6InN2LXprcC1yZXNwb25zZSIsImtpZCI6IlZ5NTdYckFyVXJXME5icEkx' +
  'MnRFekRIQUJ4TXdyVGg2SEhYUmVuU3BuQ28iLCJlcGsiOnsieCI6Iko0dkxWZ0cxd1hfVVFGNXYxczJub3k0U25hR25XQS1UYmxaZEs5NHVO' +
  'dDQiLCJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieSI6ImhEeFRvc3JmRl9xbjFHbWVPVjFYTHRXc3dkQTZlRVNvZmU4TDdEQ29wa1UifX0.' +
  '.CVIHDlgBYKR82U1n.u7UrKlpOx0swXncF_qLd6BD1hKpWFe4oWXP9xN9RO2l-MyO1mHfj_DLlpWCno5hfQBac4wH4yDbw-BCBORwzDzm39n' +
  'hDOm-1IiiF-iOAWVjY7-u0CTU_r0B_VgLhdEB-EGe6K7DC1MhRoHkFvZUnKSc5ood5vwxthqOobVb1vbuYlLAi-M9FAJ-tiAKA2wZOy425TK' +
  'piA7bIXEyJGDow8Blj-M1mA3zbCUiE.0JxYbk24oK_wl--6IRFukw';

export const RESPONSE_TEXT =
  '{"v":"sv-zkp/1","purpose":"authenticate","id":"EBESExQVFhcYGRobHB0eHw","V":"IEKQRVTyQ6NOcfLlODU63TfU7qd0bVvLh1uxZ1bTIEI","r":"JXrxLyKpgUaHP6Rcx9rfaZ2kn3ErivTQUeWe35BToww"}';

export const COMMITMENT_JWE =
  'eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTI1NkdDTSIsInR5cCI6InN2LXprcC1jb21taXRtZW50Iiwia2lkIjoiVnk1N1hyQXJVclcwTmJw' +
  'STEydEV6REhBQnhNd3JUaDZISFhSZW5TcG5DbyIsImVwayI6eyJ4IjoiRk42aDJ1NklnMGlzaWZKMWlJT1BiYndYXzFaTVU5N29vVzJ5Z2FC' +
  'Uy1IZyIsImNydiI6IlAtMjU2Iiwia3R5IjoiRUMiLCJ5IjoiMWE1aWhMN0VGMlA2cmFGMS1VVi16NVZXYVVpaVUxREdrdXp4Nzc4T2s3byJ9' +
  'fQ..49ElVRnM9Sd9uk7L.-mAAeNu3ULp7tZscNtxihtQrK82xOlrZjm-eU3RXRRN-slTtfdTMPCB8EVsfCiIgfnscopCY5DuwexJdhx06QLP' +
  'kJkoS38Ja9jj2qf0cxzMi9Tq1piOVHiqSqkjQCP0jD0UMnGIqohRNrF7ThijdQEdQbRKoKoy-CD0P8iZinIMoML4M8zpMye9wweYa9FesvM2' +
  '_08tJ44YGV-zLOAPIeZgaqzojxstFFEljZorSCXOACXZcNys0HutSFsSGuZTPQ77Lkp7kkDkKPYbncWPB14hU-yLe2RwtwA.ffpme_JwJrHm' +
  '57k8jLJPeQ';
