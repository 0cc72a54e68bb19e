/** Records that each consumer group has not finished, summed over its partitions, out of a service's Prometheus text. */
export function readLag(metrics: string): Record<string, number> {
  const lags: Record<string, number> = {}
  for (const [, labels = '', value = ''] of metrics.matchAll(/^streamkeeper_log_lag_records\{([^}]*)\} (\S+)$/gm)) {
    const group = /group="([^"]*)"/.exec(labels)?.[1]
    if (group !== undefined) lags[group] = (lags[group] ?? 0) + Number(value)
  }
  return lags
}
