import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { answered, api } from '@/api/client'

const trends = (code: string, signal: AbortSignal) =>
  answered(api.GET('/api/v1/studies/{code}/trends', { params: { path: { code } }, signal }))

export type Trends = Awaited<ReturnType<typeof trends>>
export type Week = Trends['weeks'][number]

/** Enrolment, retention and adherence by week of a study. */
export const trendsQuery = (study: string) =>
  queryOptions({
    queryKey: ['trends', study],
    queryFn: ({ signal }) => trends(study, signal),
  })

const curve = (study: string, least: number, signal: AbortSignal) =>
  answered(
    api.GET('/api/v1/adherence/sensitivity', {
      params: { query: { study, least_days: least } },
      signal,
    }),
  )

export type CurvePoint = Awaited<ReturnType<typeof curve>>[number]

/** What is left of a study at each threshold of worn hours. */
export const curveQuery = (study: string, least: number) =>
  queryOptions({
    queryKey: ['sensitivity', study, least],
    queryFn: ({ signal }) => curve(study, least, signal),
    placeholderData: keepPreviousData,
  })

const judged = (study: string, definition: string[], signal: AbortSignal) =>
  answered(api.GET('/api/v1/adherence', { params: { query: { study, definition } }, signal }))

/** A study as several definitions judge it. */
export const judgedQuery = (study: string, definitions: string[]) =>
  queryOptions({
    queryKey: ['adherence', study, definitions],
    queryFn: async ({ signal }) => (await judged(study, definitions, signal)).adherence,
    placeholderData: keepPreviousData,
  })

/** The definitions that a study may be looked at by. */
export const definitionsQuery = (study: string) =>
  queryOptions({
    queryKey: ['definitions', study],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/v1/definitions', { params: { query: { study } }, signal })),
  })
