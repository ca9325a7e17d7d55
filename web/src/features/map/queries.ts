import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

const asked = (study: string, start: string | undefined, sleep: boolean, signal: AbortSignal) =>
  answered(
    api.GET('/api/v1/studies/{code}/map', {
      params: { path: { code: study }, query: { sleep, ...(start && { start }) } },
      signal,
    }),
  )

export type DayMap = Awaited<ReturnType<typeof asked>>
export type Person = DayMap['participants'][number]
export type Reason = DayMap['reasons'][number]

/** Every day of everybody in a study, from a day on; with minutes asleep if `sleep`. */
export const mapQuery = (study: string, start: string | undefined, sleep: boolean) =>
  queryOptions({
    queryKey: ['map', study, start, sleep],
    queryFn: ({ signal }) => asked(study, start, sleep, signal),
    placeholderData: keepPreviousData,
  })

/** The address of the same days as a CSV file, of the people whose code holds the words. */
export function fileAddress(
  study: string,
  start: string | undefined,
  sleep: boolean,
  words: string,
): string {
  const query = new URLSearchParams({ format: 'csv', sleep: String(sleep) })
  if (start) query.set('start', start)
  if (words.trim()) query.set('q', words.trim())
  return `/api/v1/studies/${encodeURIComponent(study)}/map?${query}`
}
