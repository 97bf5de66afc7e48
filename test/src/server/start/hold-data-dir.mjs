// Started by data-dir.test.ts: holds a data directory until it is killed.
const { DataDirectory } = await import(process.env['MODULE']);
try {
  await DataDirectory.open(process.argv[2]);
  process.stdout.write('held\n');
  setInterval(() => undefined, 60_000);
} catch (error) {
  process.stdout.write(`${error.message}\n`);
}
