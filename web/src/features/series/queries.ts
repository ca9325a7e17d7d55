import { queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'
import type { TimeWindow } from '@/components/time/window'
import type { ImputedChoice } from './imputed'
import type { Resolution } from './levels'

export interface SeriesKey {
  participants: readonly string[]
  study: string
  metric: string
  window: TimeWindow
  resolution: Resolution
  /** Whether what was imputed is left out, shown with what was measured, or alone. */
  imputed?: ImputedChoice | undefined
}

const MAX_POINTS = 2000

const queryOf = ({ participants, study, metric, window, resolution, imputed }: SeriesKey) => ({
  participant: [...participants],
  metric: [metric],
  study,
  start: new Date(window.start).toISOString(),
  end: new Date(window.end).toISOString(),
  resolution,
  max_points: MAX_POINTS,
  ...(imputed && imputed !== 'exclude' && { imputed }),
})

/** Every metric that Wearhouse knows. */
export const catalogueQuery = queryOptions({
  queryKey: ['metrics-catalogue'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/metrics-catalogue', { signal })),
  staleTime: Number.POSITIVE_INFINITY,
})

/** One metric of some participants; while zooming, the last window stays in view. */
export const seriesQuery = (key: SeriesKey) => {
  const whose = [key.metric, key.study, key.imputed ?? 'exclude', ...key.participants].join(' ')
  return queryOptions({
    queryKey: ['series', whose, queryOf(key)],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/series', { params: { query: queryOf(key) }, signal })),
    placeholderData: (previous, query) => (query?.queryKey[1] === whose ? previous : undefined),
  })
}

/** The address of the same series as CSV. */
export function csvAddress(key: SeriesKey): string {
  const { participant, metric, study, start, end, resolution, max_points, imputed } = queryOf(key)
  const query = new URLSearchParams([
    ...participant.map((code) => ['participant', code]),
    ...metric.map((name) => ['metric', name]),
    ['study', study],
    ['start', start],
    ['end', end],
    ['resolution', resolution],
    ['max_points', String(max_points)],
    ...(imputed ? [['imputed', imputed]] : []),
    ['format', 'csv'],
  ])
  return `/api/v1/series?${query}`
}
