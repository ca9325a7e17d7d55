import { queryOptions } from '@tanstack/react-query'
import { answered, api, Problem, type RowProblem } from '@/api/client'
import type { components } from '@/api/schema'

export type Entrant = components['schemas']['Entrant']
export type Contact = components['schemas']['ContactDetails']
export type Change = components['schemas']['Change']
type Withdraw = components['schemas']['Withdraw']

export const sitesQuery = (study: string) =>
  queryOptions({
    queryKey: ['sites', study],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/studies/{code}/sites', { params: { path: { code: study } }, signal }),
      ),
  })

/** The arms, for those who may know who is in which; nothing for all others. */
export const armsQuery = (study: string) =>
  queryOptions({
    queryKey: ['arms', study],
    queryFn: async ({ signal }) => {
      try {
        return await answered(
          api.GET('/api/v1/studies/{code}/arms', { params: { path: { code: study } }, signal }),
        )
      } catch (error) {
        if (error instanceof Problem && error.status === 403) return []
        throw error
      }
    },
  })

export const pausesQuery = (study: string, code: string) =>
  queryOptions({
    queryKey: ['pauses', study, code],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/api/v1/participants/{code}/pauses', {
          params: { path: { code }, query: { study } },
          signal,
        }),
      ),
  })

export const enrol = (study: string, participants: Entrant[], timezone: string) =>
  answered(
    api.POST('/api/v1/participants', { body: { study, participants, timezone, reason: '' } }),
  )

/** Enrols the people of a list, all or none. */
export const enrolList = (study: string, text: string, timezone: string) =>
  answered(
    api.POST('/api/v1/participants/import', {
      body: { study, text, timezone, dry_run: false, reason: '' },
    }),
  )

/** Which rows of a list cannot be taken, and why; nothing is kept. */
export async function refusedOf(
  study: string,
  text: string,
  timezone: string,
): Promise<readonly RowProblem[]> {
  try {
    const body = { study, text, timezone, dry_run: true, reason: '' }
    await answered(api.POST('/api/v1/participants/import', { body }))
    return []
  } catch (error) {
    if (error instanceof Problem && error.problems.length > 0) return error.problems
    throw error
  }
}

const at = (study: string, code: string) => ({ path: { code }, query: { study } })

export const change = (study: string, code: string, body: Change) =>
  answered(api.PATCH('/api/v1/participants/{code}', { params: at(study, code), body }))

export const pause = (
  study: string,
  code: string,
  body: { first_on: string; last_on: string | null; reason: string },
) => answered(api.POST('/api/v1/participants/{code}/pause', { params: at(study, code), body }))

export const resume = (study: string, code: string) =>
  answered(
    api.POST('/api/v1/participants/{code}/resume', {
      params: at(study, code),
      body: { reason: '' },
    }),
  )

export const leave = (study: string, code: string, body: Withdraw) =>
  answered(api.POST('/api/v1/participants/{code}/withdraw', { params: at(study, code), body }))

export const contactOf = (study: string, code: string) =>
  answered(api.GET('/api/v1/participants/{code}/contact', { params: at(study, code) }))

export const keepContact = (study: string, code: string, body: Contact) =>
  answered(api.PUT('/api/v1/participants/{code}/contact', { params: at(study, code), body }))
