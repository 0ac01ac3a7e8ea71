/**
 * For the processes that run tests: a signal ends them by way of `exit`, whose handlers kill the processes that they
 * started. By default mocha would end at once and leave its servers running.
 */
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => process.exit(130));
}
