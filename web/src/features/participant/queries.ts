import { queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

/** Whom, and which civil days, both included. */
export interface Stretch {
  code: string
  study: string
  start: string
  end: string
}

type What = 'wear' | 'rhythm' | 'timeline'

const asked = ({ code, study, start, end }: Stretch) => ({
  path: { code },
  query: { study, start, end },
})

const key = (what: string, { code, study, start, end }: Stretch) => [what, study, code, start, end]

/** The days that are over, each with its one reason. */
export const daysQuery = (of: Stretch) =>
  queryOptions({
    queryKey: key('days', of),
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/participants/{code}/days', { params: asked(of), signal })),
  })

/** Worn minutes, steps and heart rate by slots of the clock. */
export const wearQuery = (of: Stretch, slot: number) =>
  queryOptions({
    queryKey: [...key('wear', of), slot],
    queryFn: ({ signal }) => {
      const { path, query } = asked(of)
      const params = { path, query: { ...query, slot } }
      return answered(api.GET('/api/v1/participants/{code}/wear', { params, signal }))
    },
  })

export const rhythmQuery = (of: Stretch) =>
  queryOptions({
    queryKey: key('rhythm', of),
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/participants/{code}/rhythm', { params: asked(of), signal })),
  })

export const timelineQuery = (of: Stretch) =>
  queryOptions({
    queryKey: key('timeline', of),
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/participants/{code}/timeline', { params: asked(of), signal })),
  })

/** What was done about a participant. */
export const historyQuery = (code: string, study: string) =>
  queryOptions({
    queryKey: ['history', study, code],
    queryFn: ({ signal }) => {
      const params = { path: { code }, query: { study } }
      return answered(api.GET('/api/v1/participants/{code}/history', { params, signal }))
    },
  })

/** The address of the same as a CSV file. */
export function fileAddress(what: What, of: Stretch, more: Record<string, string> = {}): string {
  const { code, study, start, end } = of
  const query = new URLSearchParams({ study, start, end, ...more, format: 'csv' })
  return `/api/v1/participants/${encodeURIComponent(code)}/${what}?${query}`
}
