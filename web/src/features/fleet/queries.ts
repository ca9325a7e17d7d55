import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']

export type Figures = Schemas['FiguresAnswer']
export type FiguresRow = Schemas['FiguresRow']
export type HistogramRow = Schemas['HistogramRow']
export type VitalsRow = Schemas['VitalsRow']
export type Rate = Schemas['RateAnswer']
export type Release = Schemas['ReleaseAnswer']
export type Comparison = Schemas['FleetComparisonAnswer']
export type ComparisonRow = Schemas['ComparisonRow']
export type Device = Schemas['FleetDeviceAnswer']
export type Heartbeat = Schemas['HeartbeatAnswer']
export type FleetMetric = Schemas['FleetMetricAnswer']
export type MetricChange = Schemas['FleetMetricChange']
export type Rule = Schemas['RuleAnswer']
export type RuleBody = Schemas['RuleBody']
export type Incident = Schemas['IncidentAnswer']
export type Facets = Schemas['FacetsAnswer']
export type Weight = Figures['weight']
export type Group =
  | 'cohort'
  | 'version'
  | 'hardware'
  | 'project'
  | 'device'
  | 'hour'
  | 'day'
  | 'week'

/** Which heartbeats are asked about; what is left out is not asked for. */
export interface Asked {
  project?: string | undefined
  cohort?: string | undefined
  version?: string | undefined
  hardware?: string | undefined
  start?: string | undefined
  end?: string | undefined
}

/** The percentiles that a band is drawn from. */
export const BANDS = [0.05, 0.25, 0.5, 0.75, 0.95]

const given = (asked: Asked): Partial<Record<keyof Asked, string>> =>
  Object.fromEntries(Object.entries(asked).filter(([, value]) => value)) as Partial<
    Record<keyof Asked, string>
  >

const kept = { placeholderData: keepPreviousData } as const

export const facetsQuery = queryOptions({
  queryKey: ['fleet', 'facets'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/fleet/facets', { signal })),
})

export const metricsQuery = queryOptions({
  queryKey: ['fleet', 'metrics'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/fleet/metrics', { signal })),
})

export const figuresQuery = (metric: string, asked: Asked, by: Group[], weight: Weight) =>
  queryOptions({
    queryKey: ['fleet', 'figures', metric, asked, by, weight],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/fleet/figures', {
          params: { query: { ...given(asked), metric, by, weight, q: BANDS } },
          signal,
        }),
      ),
    ...kept,
  })

export const histogramQuery = (metric: string, asked: Asked, weight: Weight) =>
  queryOptions({
    queryKey: ['fleet', 'histogram', metric, asked, weight],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/fleet/histogram', {
          params: { query: { ...given(asked), metric, weight, bars: 40 } },
          signal,
        }),
      ),
    ...kept,
  })

export const vitalsQuery = (asked: Asked, by: Group[]) =>
  queryOptions({
    queryKey: ['fleet', 'vitals', asked, by],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/fleet/vitals', { params: { query: { ...given(asked), by } }, signal }),
      ),
    ...kept,
  })

export const releasesQuery = (asked: Asked) =>
  queryOptions({
    queryKey: ['fleet', 'releases', asked],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/fleet/releases', { params: { query: given(asked) }, signal })),
    ...kept,
  })

export const comparisonQuery = (asked: Asked, release: string, previous: string | undefined) =>
  queryOptions({
    queryKey: ['fleet', 'comparison', asked, release, previous],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/fleet/releases/compare', {
          params: { query: { ...given(asked), release, ...(previous && { previous }) } },
          signal,
        }),
      ),
    ...kept,
  })

/** The most devices that a page shows. */
export const MOST_DEVICES = 10_000

export const devicesQuery = (asked: Asked, attributes: string[], silentHours?: number) =>
  queryOptions({
    queryKey: ['fleet', 'devices', asked, attributes, silentHours],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/fleet/devices', {
          params: {
            query: {
              ...given(asked),
              attribute: attributes,
              limit: MOST_DEVICES,
              ...(silentHours && { silent_hours: silentHours }),
            },
          },
          signal,
        }),
      ),
    ...kept,
  })

export const deviceQuery = (project: string, device: string) =>
  queryOptions({
    queryKey: ['fleet', 'device', project, device],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/fleet/device', { params: { query: { project, device } }, signal })),
  })

export const timelineQuery = (project: string, device: string, start: string, end: string) =>
  queryOptions({
    queryKey: ['fleet', 'timeline', project, device, start, end],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/fleet/timeline', {
          params: { query: { project, device, start, end, limit: 20_000 } },
          signal,
        }),
      ),
    ...kept,
  })

export const rulesQuery = queryOptions({
  queryKey: ['fleet', 'alerts'],
  queryFn: ({ signal }) => answered(api.GET('/api/v1/fleet/alerts', { signal })),
})

export const incidentsQuery = queryOptions({
  queryKey: ['fleet', 'incidents'],
  queryFn: ({ signal }) =>
    answered(api.GET('/api/v1/fleet/incidents', { params: { query: { limit: 500 } }, signal })),
})

export const changeMetric = (name: string, body: Partial<MetricChange>): Promise<FleetMetric> =>
  answered(
    api.PATCH('/api/v1/fleet/metrics/{name}', {
      params: { path: { name } },
      // What is not said stays as it is.
      body: body as MetricChange,
    }),
  )

export const keepRule = (body: RuleBody, number: number | null): Promise<Rule> =>
  number === null
    ? answered(api.POST('/api/v1/fleet/alerts', { body }))
    : answered(api.PUT('/api/v1/fleet/alerts/{number}', { params: { path: { number } }, body }))

export const removeRule = async (number: number): Promise<void> => {
  await answered(api.DELETE('/api/v1/fleet/alerts/{number}', { params: { path: { number } } }))
}
