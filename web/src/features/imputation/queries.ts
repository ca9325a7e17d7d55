import { queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'
import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Run = Schemas['ImputationAnswer']
export type Report = Schemas['ReportAnswer']
export type Check = Schemas['CheckAnswer']
export type Figure = Schemas['FigureAnswer']
export type Line = Schemas['LineAnswer']
export type Tipping = Schemas['TippingAnswer']
export type Gap = Schemas['GapAnswer']
export type Comparison = Schemas['ComparisonAnswer']
export type NewRun = Schemas['NewImputation']

const WHILE_RUNNING_MS = 2_000
const MOST_RUNS = 3

/** Every run of a study, the newest first; asked for again while one is under way. */
export const runsQuery = (study: string) =>
  queryOptions({
    queryKey: ['imputations', study],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/imputations', { params: { query: { study } }, signal })),
    refetchInterval: ({ state }) =>
      state.data?.some((run) => run.state === 'running') ? WHILE_RUNNING_MS : false,
  })

/** Everything that a run tells; as far as it has come while it is under way. */
export const reportQuery = ({ id, state, finished }: Pick<Run, 'id' | 'state' | 'finished'>) =>
  queryOptions({
    queryKey: ['imputation', id, state, finished],
    queryFn: async ({ signal }) => {
      const params = { path: { number: id } }
      return answered(api.GET('/api/v1/imputations/{number}', { params, signal }))
    },
    placeholderData: (previous) => (previous?.run.id === id ? previous : undefined),
  })

/** Every gap that a run found of a participant. */
export const gapsQuery = (number: number, participant: string) =>
  queryOptions({
    queryKey: ['imputation-gaps', number, participant],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/imputations/{number}/gaps', {
          params: { path: { number }, query: { participant } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Two runs side by side. */
export const comparisonQuery = (one: number, other: number) =>
  queryOptions({
    queryKey: ['imputation-comparison', one, other],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/imputations/comparison', { params: { query: { one, other } }, signal }),
      ),
  })

export const begin = (body: NewRun): Promise<Run> =>
  answered(api.POST('/api/v1/imputations', { body }))

export const withdraw = (number: number, reason: string): Promise<Run> =>
  answered(
    api.POST('/api/v1/imputations/{number}/withdraw', {
      params: { path: { number } },
      body: { reason },
    }),
  )

/** The runs of a metric whose values may stand, the newest first, up to the first over all days. */
export function standing(runs: readonly Run[], metric: string): Run[] {
  const known = runs.filter(
    (run) => run.metric === metric && ['done', 'stale', 'running'].includes(run.state),
  )
  const whole = known.findIndex(({ start, end }) => start === null && end === null)
  return known.slice(0, whole < 0 ? MOST_RUNS : Math.min(whole + 1, MOST_RUNS))
}
