import type { FleetMetric, Release } from './queries'

/** The project that is asked for, else the one that reported most. */
export function projectOf(releases: readonly Release[], asked?: string): string | undefined {
  if (asked) return asked
  const reports = new Map<string, number>()
  for (const one of releases)
    reports.set(one.project, (reports.get(one.project) ?? 0) + one.reports)
  return [...reports].sort((a, b) => b[1] - a[1])[0]?.[0]
}

/** From the first to the last report. */
export const extentOf = (releases: readonly Release[]) => ({
  first_sample_at: releases.map(({ first_at }) => first_at).sort()[0] ?? null,
  last_sample_at:
    releases
      .map(({ last_at }) => last_at)
      .sort()
      .at(-1) ?? null,
})

/** The metrics that can be drawn over time: numbers that are folded. */
export const drawable = (metrics: readonly FleetMetric[]): FleetMetric[] =>
  metrics.filter(({ kind, time_series }) => kind !== 'string' && time_series)

/** The metric that is asked for, else the battery, else the first there is. */
export function chosenMetric(metrics: readonly FleetMetric[], asked?: string) {
  const known = drawable(metrics)
  return (
    known.find(({ name }) => name === asked) ??
    known.find(({ vital }) => vital === 'battery') ??
    known[0]
  )
}
