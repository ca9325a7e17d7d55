import { queryOptions } from '@tanstack/react-query'
import { answered, api, type FreshnessLine } from '@/api/client'

const WHILE_RUNNING = 2_000

/** The newest runs; asked again and again while one is at work. */
export const runsQuery = (study: string) =>
  queryOptions({
    queryKey: ['syncs', 'runs', study],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/syncs', { params: { query: { study } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.some(({ outcome }) => outcome === 'running') ? WHILE_RUNNING : false,
  })

export const freshnessQuery = (study: string) =>
  queryOptions({
    queryKey: ['syncs', 'freshness', study],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/syncs/freshness', { params: { query: { study } }, signal })),
  })

export const attemptsOfRunQuery = (number: number) =>
  queryOptions({
    queryKey: ['syncs', 'run', number],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/syncs/{number}', { params: { path: { number } }, signal })),
  })

export const attemptsOfPersonQuery = (study: string, participant: string) =>
  queryOptions({
    queryKey: ['syncs', 'person', study, participant],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/syncs/attempts', { params: { query: { study, participant } }, signal }),
      ),
  })

/** Whose data to fetch or to parse again: everybody's of a study without a line. */
export interface Whose {
  study: string
  line?: FreshnessLine | undefined
}

const bodyOf = ({ study, line }: Whose) =>
  line
    ? { study, participants: [line.participant], source: line.source }
    : { study, participants: [] }

export const syncNow = (whose: Whose) =>
  answered(api.POST('/api/v1/syncs', { body: bodyOf(whose) }))

export const replay = (whose: Whose) =>
  answered(api.POST('/api/v1/syncs/replay', { body: bodyOf(whose) }))
