/**
 * For the processes that run tests: a signal ends them by way of `exit`, where what they started is killed. By
 * itself mocha would vanish, and leave servers behind that nobody knows of.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(130));
}
